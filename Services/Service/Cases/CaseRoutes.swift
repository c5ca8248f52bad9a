import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Postgres
import Web

/// The cases as programs see them.
struct CaseRoutes: Sendable {
    let app: AfterSalesApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/cases", use: list)
        group.get("api/v1/cases/:id", use: one)
        group.post("api/v1/cases", use: open)
        group.post("api/v1/cases/:id/replies", use: reply)
        group.post("api/v1/cases/:id/close", use: close)
        group.post("api/v1/cases/:id/owner", use: give)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<CaseAnswer> {
        let reach = try Reach(context.requirePrincipal())
        let slice = try request.slice()
        let filter = try CaseFilter(request)
        let mark = try slice.after.map { try CaseMark($0) }
        let now = app.spine.clock.now
        let (lines, names) = try await app.spine.read { tx in
            let lines = try await CaseListStore(tx, reach).lines(filter, after: mark, limit: slice.limit + 1, now: now)
            return (lines, try await StaffStore(tx).names(of: lines.flatMap { $0.people() }))
        }
        let page = lines.prefix(slice.limit)
        return PageOf(
            items: page.map { CaseAnswer($0, names: names, now: now) },
            nextCursor: lines.count > slice.limit ? page.last?.mark(in: filter.show).cursor.encoded : nil
        )
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let reach = try Reach(context.requirePrincipal())
        let id = CaseID(try context.uuid("id"))
        let now = app.spine.clock.now
        return try .json(try await app.spine.read { tx in try await answer(id, tx, reach, now) })
    }

    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let raw = try await request.decode(as: NewCase.self, context: context)
        let asked = try CaseRequest(raw)
        let stored = try await app.spine.once(deed, "cases", raw) { work in
            let opened = try await app.openCase(asked, work)
            return try StoredAnswer(201, try await answer(opened.id, work.tx, deed.reach, work.now))
        }
        return Response(stored)
    }

    private func reply(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let id = CaseID(try context.uuid("id"))
        let said = try await request.decode(as: Reply.self, context: context)
        let stored = try await app.spine.once(deed, "cases/\(id)/replies", said) { work in
            _ = try await app.replyToCase(id, said.text, by: deed.reach.staffID, work)
            return try StoredAnswer(201, try await answer(id, work.tx, deed.reach, work.now))
        }
        return Response(stored)
    }

    private func close(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let id = CaseID(try context.uuid("id"))
        let outcome = try await request.decode(as: Outcome.self, context: context)
        let stored = try await app.spine.once(deed, "cases/\(id)/close", outcome) { work in
            _ = try await app.closeCase(id, result: outcome.result, by: deed.reach.staffID, work)
            return try StoredAnswer(200, try await answer(id, work.tx, deed.reach, work.now))
        }
        return Response(stored)
    }

    private func give(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        try deed.reach.requireLeading()
        let id = CaseID(try context.uuid("id"))
        let choice = try await request.decode(as: OwnerWish.self, context: context)
        let stored = try await app.spine.once(deed, "cases/\(id)/owner", choice) { work in
            _ = try await app.giveCase(id, to: choice.staffId, by: deed.reach.staffID, work)
            return try StoredAnswer(200, try await answer(id, work.tx, deed.reach, work.now))
        }
        return Response(stored)
    }

    private func answer(_ id: CaseID, _ tx: Transaction, _ reach: Reach, _ now: Date) async throws -> CaseAnswer {
        let line = try await CaseListStore(tx, reach).line(id)
        let entries = try await CaseStore(tx).entries(of: id)
        let names = try await StaffStore(tx).names(of: line.people(entries))
        return CaseAnswer(line, names: names, entries: entries, now: now)
    }

    private struct Reply: Codable, Sendable {
        let text: String
    }

    private struct Outcome: Codable, Sendable {
        let result: String
    }

    private struct OwnerWish: Codable, Sendable {
        let staffId: StaffID
    }
}

extension CaseFilter {
    /// What a query asks for; everything where it asks for nothing.
    init(_ request: Request) throws {
        guard let show = Show(rawValue: request.query("show") ?? "all") else {
            throw Rejection.invalid("show", "show-unknown", "show is open, mine, overdue, closed or all.")
        }
        self.show = show
        kind = try request.query("kind", "kind-unknown", "kind is complaint, suggestion, enquiry or repair.") {
            Case.Kind(rawValue: $0)
        }
        uid = try request.query("uid", "uid-malformed", "uid is a UUID.") { UID($0) }
    }
}

extension CaseMark {
    var cursor: Cursor { Cursor(isAnswered ? "1" : "0", Contracts.Wire.text(of: at), id.description) }

    init(_ cursor: Cursor) throws {
        guard cursor.parts.count == 3, let at = Contracts.Wire.date(from: cursor.parts[1]),
            let id = CaseID(cursor.parts[2])
        else { throw Rejection.invalid("cursor", "cursor-malformed", "Use nextCursor of the answer before.") }
        self.init(isAnswered: cursor.parts[0] == "1", at: at, id: id)
    }
}
