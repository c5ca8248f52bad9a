import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import NIOCore
import Web

/// Leads as a file, and the list of who has taken one.
struct ExportPages: Sendable {
    private static let atOnce = 500

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("exports") { request, context in try await show(request, context) }
        group.get("leads.csv") { request, context in
            try await file(LeadListQuery(request), reason: nil, context)
        }
        group.post("leads.csv") { request, context in
            let form = try await request.form(context)
            return try await file(LeadListQuery(form), reason: form["reason"], context)
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ExportLeads.roles)
        let viewer = pages.viewer(context)
        let wanted = LeadListQuery(request)
        let isWatching = [.head, .admin].contains(who.role)
        let (exports, names) = try await app.spine.read { tx in
            let staff = isWatching ? nil : StaffID(who.staffID)
            return (try await ExportStore(tx).list(of: staff, limit: 50), try await StaffStore(tx).names())
        }
        let view = ExportPage(
            header: PageHeader(viewer.text("exports.title"), sub: viewer.text("exports.hint")),
            masked: Action(viewer.text("exports.get-masked"), "/leads/leads.csv" + wanted.query),
            unmasked: who.leadSight.mayUnmask ? unmasked(wanted, viewer) : nil,
            table: past(exports, names, viewer)
        )
        return try pages.page(
            "exports",
            view,
            .init(
                title: viewer.text("exports.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func unmasked(_ wanted: LeadListQuery, _ viewer: Viewer) -> ExportPage.Unmasked {
        ExportPage.Unmasked(
            action: "/leads/leads.csv",
            kept: wanted.items().map { .init(name: $0.name, value: $0.value ?? "") },
            reason: Field(
                "reason",
                viewer.text("exports.reason"),
                hint: viewer.text("exports.reason-hint"),
                isRequired: true
            )
        )
    }

    private func past(_ exports: [Export], _ names: [StaffID: String], _ viewer: Viewer) -> Table {
        Table(
            viewer.text("exports.past"),
            ["who", "what", "rows", "numbers", "when"].map {
                Table.Column(viewer.text("exports.past-\($0)"), isNumeric: $0 == "rows")
            },
            exports.map { $0.row(viewer, names) },
            empty: Empty(viewer.text("exports.empty.heading"), viewer.text("exports.empty.text"))
        )
    }

    /// Some hundred leads at a time, as fast as they are taken: none of it is kept in memory.
    private func file(_ wanted: LeadListQuery, reason: String?, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ExportLeads.roles)
        let viewer = pages.viewer(context)
        let cause = who.cause(context)
        let export = try await app.spine.perform(cause) { work in
            try await app.exportLeads.begin(wanted.told, reason: reason, by: who, work)
        }
        let filter = wanted.filter(who, viewer.now)
        return .csv(named: "leads-\(export.id.description.prefix(8)).csv") { writer in
            var rows = 0
            var after: LeadPlace?
            do {
                try await writer.write(ByteBuffer(string: CSVText.mark + ExportLine.header(viewer)))
                while true {
                    let place = after
                    let found = try await app.spine.read { tx in
                        try await LeadListStore(tx).list(filter, who.leadSight, after: place, limit: Self.atOnce)
                    }
                    let lines = found.map { ExportLine(view: $0, isUnmasked: export.isUnmasked).text(viewer) }
                    try await writer.write(ByteBuffer(string: lines.joined()))
                    rows += found.count
                    guard found.count == Self.atOnce, let last = found.last?.lead else { break }
                    after = LeadPlace(receivedAt: last.receivedAt, id: last.id.uuid)
                }
            } catch {
                // Whoever hangs up has what has left by then.
                let sent = rows
                try await app.spine.perform(cause) { try await app.exportLeads.end(export, rows: sent, $0) }
                throw error
            }
            let sent = rows
            try await app.spine.perform(cause) { try await app.exportLeads.end(export, rows: sent, $0) }
        }
    }
}
