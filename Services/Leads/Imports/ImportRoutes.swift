import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import NIOCore
import Policies
import Web

/// The API of imports: for programs that bring files of leads.
struct ImportRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/imports") { request, context in try await upload(request, context) }
        group.get("api/v1/imports/:id") { _, context in try await show(context) }
        group.post("api/v1/imports/:id/columns") { request, context in try await map(request, context) }
        for order in Import.Order.allCases {
            group.post("api/v1/imports/:id/\(order.rawValue)") { _, context in try await give(order, context) }
        }
    }

    private func upload(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ImportPages.roles)
        guard request.headers[.contentType]?.lowercased().hasPrefix("text/csv") == true else {
            throw HTTPError(.unsupportedMediaType, message: "Send text/csv.")
        }
        let policy = try await app.spine.read { try await PolicyStore($0).current(ImportPolicy.self) }.value
        var body = request.body.makeAsyncIterator()
        let file = try await app.uploadImport(
            request.query("name") ?? "leads.csv",
            atMost: policy.bytes,
            who.cause(context),
            by: StaffID(who.staffID)
        ) { try await body.next().map { Array($0.readableBytesView) } }
        let answer = Created(ImportAnswer(file), location: "/leads/api/v1/imports/\(file.id.wire)")
        return try answer.response(from: request, context: context)
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ImportPages.roles)
        let id = try context.uuid("id")
        let file = try await app.spine.read { try await ImportStore($0).find(id) }
        guard let file else { throw Rejection.notFound("import", id.wire) }
        return try .json(ImportAnswer(file))
    }

    private struct Wish: Decodable {
        let columns: [String]
        let encoding: String?
        let channel: String?
        let campaign: String?
    }

    private func map(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ImportPages.roles)
        let id = try context.uuid("id")
        let body = try await request.decode(as: Wish.self, context: context)
        let wish = try ImportWish(
            columns: body.columns,
            encoding: body.encoding,
            channel: body.channel,
            campaign: body.campaign
        )
        let file = try await app.spine.perform(who.cause(context)) { try await app.orderImport.map(id, wish, $0) }
        return try .json(ImportAnswer(file))
    }

    private func give(_ order: Import.Order, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ImportPages.roles)
        let id = try context.uuid("id")
        let file = try await app.order(order, id, who, context)
        return try .json(ImportAnswer(file))
    }
}

extension LeadsApp {
    /// Somebody orders something; whoever does it by itself is woken.
    func order(_ order: Import.Order, _ id: UUID, _ who: Principal, _ context: WebContext) async throws -> Import {
        let file = try await spine.perform(who.cause(context)) { work in
            try await orderImport(id, order, by: StaffID(who.staffID), work)
        }
        importSignal.poke()
        return file
    }
}

extension ImportWish {
    /// - Throws: a ``Rejection`` that names what is unknown.
    init(columns: [String], encoding: String?, channel: String?, campaign: String?) throws {
        self.columns = try columns.enumerated().map { index, name in
            guard let column = ImportColumn(rawValue: name) else {
                let known = ImportColumn.allCases.map(\.rawValue).joined(separator: ", ")
                throw Rejection.invalid("columns/\(index)", "unknown-column", "A column is one of \(known).")
            }
            return column
        }
        let name = encoding ?? FileEncoding.utf8.rawValue
        guard let encoding = FileEncoding(rawValue: name) else {
            throw Rejection.invalid("encoding", "unknown-encoding", "encoding is utf-8 or gb18030.")
        }
        self.encoding = encoding
        self.channel = channel ?? UploadImport.channel
        self.campaign = campaign
    }
}

/// An import as the API tells of it.
struct ImportAnswer: Encodable, Sendable {
    let id: String
    let name: String
    let status: String
    let size: Int64
    let encoding: String
    let header: [String]
    let columns: [String]
    let channel: String
    let campaign: String?
    let progress: Double
    let forecast: ImportCounts
    let outcome: ImportCounts
    let undone: UndoCounts
    /// What can be ordered now.
    let orders: [String]
    let createdAt: Date

    init(_ file: Import) {
        id = file.id.wire
        name = file.name
        status = file.status.rawValue
        size = file.size
        encoding = file.encoding.rawValue
        header = file.header
        columns = file.columns.map(\.rawValue)
        channel = file.channel
        campaign = file.campaign
        progress = file.progress
        forecast = file.forecast
        outcome = file.outcome
        undone = file.undone
        orders = file.orders.map(\.rawValue)
        createdAt = file.createdAt
    }
}
