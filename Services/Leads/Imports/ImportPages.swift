import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import NIOCore
import Policies
import Web

/// Files of leads: bringing one, saying what its columns are, seeing what it would come to, watching it, taking it back.
struct ImportPages: Sendable {
    /// Who brings files.
    static let roles: [Role] = [.manager, .head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("imports") { request, context in try await list(request, context) }
        group.post("imports") { request, context in try await upload(request, context) }
        group.get("imports/:id") { request, context in try await show(request, context) }
        group.post("imports/:id/columns") { request, context in try await map(request, context) }
        for order in Import.Order.allCases {
            group.post("imports/:id/\(order.rawValue)") { _, context in try await give(order, context) }
        }
        group.get("imports/:id/result.csv") { _, context in try await result(context) }
        group.get("fragments/imports/:id") { _, context in try await progress(context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let slice = try request.slice(defaultLimit: 30)
        let after = try slice.after?.timeAndID()
        let (found, names, policy) = try await app.spine.read { tx in
            let found = try await ImportStore(tx).list(after: after, limit: slice.limit + 1)
            return (found, try await StaffStore(tx).names(), try await PolicyStore(tx).current(ImportPolicy.self).value)
        }
        let next = found.count > slice.limit ? found[slice.limit - 1] : nil
        let view = ImportListPage(
            header: PageHeader(viewer.text("imports.title"), sub: viewer.text("imports.hint")),
            action: "/leads/imports?_csrf=\(context.csrfToken)",
            limit: viewer.text("imports.limit", ["n": viewer.number(policy.megabytes)]),
            table: Table(
                viewer.text("imports.title"),
                ImportView.columns(viewer),
                found.prefix(slice.limit).map { ImportView(file: $0, names: names).row(viewer) },
                pager: next == nil && slice.after == nil
                    ? nil
                    : Pager(
                        first: slice.after == nil ? nil : "/leads/imports",
                        next: next.map { "/leads/imports?cursor=\(Cursor($0.createdAt, $0.id).encoded)" }
                    ),
                empty: Empty(viewer.text("imports.empty.heading"), viewer.text("imports.empty.text"))
            )
        )
        return try page("import-list", view, viewer.text("imports.title"), isFirst: true, context)
    }

    private func upload(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let policy = try await app.spine.read { try await PolicyStore($0).current(ImportPolicy.self) }.value
        var upload = try await Upload(request)
        let file = try await app.uploadImport(
            upload.name,
            atMost: policy.bytes,
            who.cause(context),
            by: StaffID(who.staffID)
        ) { try await upload.next() }
        return .seeOther("/leads/imports/\(file.id.wire)")
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let query = ImportRowQuery(request)
        let id = try context.uuid("id")
        let story = try await app.spine.read { tx in
            guard let file = try await ImportStore(tx).find(id) else { throw Rejection.notFound("import", id.wire) }
            let isMapping = file.status == .mapping
            let head = isMapping ? try await ImportFileStore(tx).bytes(of: id, from: file.start) : []
            return ImportStory(
                file: file,
                names: try await StaffStore(tx).names(),
                channels: try await ChannelStore(tx).all().values.filter(\.isActive).map(\.name).sorted(),
                samples: file.samples(in: head, count: 3),
                twin: isMapping ? try await ImportStore(tx).twin(of: file) : nil,
                rows: isMapping
                    ? [] : try await ImportRowStore(tx).list(of: id, query.filter, after: query.after, limit: 51),
                query: query
            )
        }
        return try page("import", story.page(viewer, context.csrfToken), story.file.name, context)
    }

    private func map(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = try context.uuid("id")
        let form = try await request.form(context)
        let wish = try ImportWish(
            columns: form.all("column"),
            encoding: form.optional("encoding"),
            channel: form.optional("channel"),
            campaign: form.optional("campaign")
        )
        let file = try await app.spine.read { try await ImportStore($0).find(id) }
        let isReread = file.map { $0.encoding != wish.encoding } ?? false
        try await app.spine.perform(who.cause(context)) { _ = try await app.orderImport.map(id, wish, $0) }
        // In another encoding the header reads differently: somebody looks at it once more.
        if !isReread { _ = try await app.order(.check, id, who, context) }
        return .seeOther("/leads/imports/\(id.wire)")
    }

    private func give(_ order: Import.Order, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let id = try context.uuid("id")
        _ = try await app.order(order, id, who, context)
        return .seeOther("/leads/imports/\(id.wire)")
    }

    private func progress(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.roles)
        let id = try context.uuid("id")
        let file = try await app.spine.read { try await ImportStore($0).find(id) }
        guard let file else { throw Rejection.notFound("import", id.wire) }
        return try pages.fragment("import-progress", ImportProgress(file, pages.viewer(context)), for: context)
    }

    /// The file with what became of each row, as it is written: none of it is kept in memory.
    private func result(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.roles)
        let viewer = pages.viewer(context)
        let id = try context.uuid("id")
        let found = try await app.spine.read { try await ImportStore($0).find(id) }
        guard let file = found else { throw Rejection.notFound("import", id.wire) }
        // The cells are what somebody has uploaded: numbers of people, for whom they were uploaded by.
        let showsCells = file.createdBy.uuid == who.staffID || who.role == .admin
        let spine = app.spine
        return .csv(named: "import-\(file.id.wire.prefix(8)).csv") { writer in
            var result = ImportResult(file: file, showsCells: showsCells, viewer: viewer)
            try await writer.write(ByteBuffer(string: CSVText.mark + result.header))
            while let text = try await spine.read({ [result] tx in try await result.next(tx) }) {
                result = text.after
                try await writer.write(ByteBuffer(string: text.lines))
            }
        }
    }

    private func page(
        _ template: String,
        _ view: some Sendable,
        _ title: String,
        isFirst: Bool = false,
        _ context: WebContext
    ) throws -> Response {
        let viewer = pages.viewer(context)
        let crumbs = [Crumb(viewer.text("leads.title"), "/leads/leads")]
        return try pages.page(
            template,
            view,
            .init(
                title: title,
                section: .leads,
                crumbs: crumbs + (isFirst ? [] : [Crumb(viewer.text("imports.title"), "/leads/imports")])
            ),
            for: context
        )
    }
}
