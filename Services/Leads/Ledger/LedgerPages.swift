import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// One submission: what became of it, and when nothing did, why and what its sender can do.
struct SubmissionPage: Sendable {
    let header: PageHeader
    let happened: String
    let advice: String?
    let facts: [Fact]
    let notes: [String]
}

/// The intake ledger: what every submission came to, and why some were rejected.
struct LedgerPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let table: Table
}

struct LedgerPages: Sendable {
    private static let outcomes = ["accepted", "merged", "duplicate", "rejected"]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("ledger") { request, context in try await list(request, context) }
        group.get("ledger/:id") { _, context in try await show(context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        _ = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = try context.uuid("id")
        guard let row = try await app.spine.read({ tx in try await LedgerQueryStore(tx).find(id) }) else {
            throw Rejection.notFound("submission", id.wire)
        }
        return try pages.page(
            "submission",
            row.page(viewer),
            .init(
                title: row.key,
                section: .leads,
                crumbs: [
                    Crumb(viewer.text("leads.title"), "/leads/leads"),
                    Crumb(viewer.text("ledger.title"), "/leads/ledger"),
                ]
            ),
            for: context
        )
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let outcome = request.query("outcome").flatMap { Self.outcomes.contains($0) ? $0 : nil }
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let found = try await app.spine.read { tx in
            try await LedgerQueryStore(tx).list(outcome: outcome, after: after, limit: slice.limit + 1)
        }
        let shown = found.prefix(slice.limit)
        let own = outcome.map { "?outcome=\($0)" } ?? ""
        let next = found.count > slice.limit ? shown.last.map { Cursor($0.receivedAt, $0.id).encoded } : nil
        let view = LedgerPage(
            header: PageHeader(viewer.text("ledger.title"), sub: viewer.text("ledger.hint")),
            filters: [FilterLink(viewer.text("common.all"), "/leads/ledger", isCurrent: outcome == nil)]
                + Self.outcomes.map {
                    FilterLink(
                        viewer.text("ledger.outcome.\($0)"),
                        "/leads/ledger?outcome=\($0)",
                        isCurrent: outcome == $0
                    )
                },
            table: Table(
                viewer.text("ledger.title"),
                ["key", "channel", "outcome", "reason", "received", "deliveries"].map {
                    Table.Column(viewer.text("ledger.column.\($0)"), isNumeric: $0 == "deliveries")
                },
                shown.map { $0.row(viewer) },
                pager: next == nil && slice.after == nil
                    ? nil
                    : Pager(
                        first: slice.after == nil ? nil : "/leads/ledger\(own)",
                        next: next.map { "/leads/ledger\(own)\(own.isEmpty ? "?" : "&")cursor=\($0)" }
                    ),
                empty: Empty(viewer.text("ledger.empty.heading"), viewer.text("ledger.empty.text"))
            )
        )
        return try pages.page(
            "ledger",
            view,
            .init(
                title: viewer.text("ledger.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }
}

extension LedgerView {
    private var tone: Badge.Tone {
        switch outcome {
        case "accepted": .good
        case "merged": .accent
        case "rejected": .bad
        default: .neutral
        }
    }

    private func badge(_ viewer: Viewer) -> Badge { Badge(viewer.text("ledger.outcome.\(outcome)"), tone) }

    /// Where the lead is, or what was written down when there is none.
    private var href: String { leadID.map { "/leads/leads/\($0)" } ?? "/leads/ledger/\(id.wire)" }

    func page(_ viewer: Viewer) -> SubmissionPage {
        let none = viewer.text("common.none")
        var facts = [
            Fact(viewer.text("ledger.column.key"), key),
            Fact(viewer.text("ledger.column.channel"), viewer.channel(channel)),
            Fact(viewer.text("ledger.sent-by"), viewer.word("ledger.transport", transport)),
            Fact(viewer.text("ledger.column.received"), viewer.instant(receivedAt)),
            Fact(viewer.text("ledger.column.deliveries"), viewer.number(deliveries)),
            Fact(
                viewer.text("ledger.lead"),
                leadID == nil ? none : viewer.text("ledger.open-lead"),
                href: leadID.map { "/leads/leads/\($0)" }
            ),
        ]
        if let duplicateOf {
            let first = viewer.text("ledger.open-first")
            facts.append(Fact(viewer.text("ledger.first"), first, href: "/leads/ledger/\(duplicateOf.wire)"))
        }
        if let field, !field.isEmpty { facts.append(Fact(viewer.text("ledger.field"), field)) }
        return SubmissionPage(
            header: PageHeader(
                key,
                sub: viewer.channel(channel),
                badges: [badge(viewer)]
            ),
            happened: reason.map { viewer.word("ledger.reason", $0) } ?? viewer.text("ledger.happened.\(outcome)"),
            advice: outcome == "rejected" ? viewer.text("ledger.advice") : nil,
            facts: facts,
            notes: [detail].compactMap { $0 }
                + notes.map { note in
                    [viewer.word("ledger.reason", note.code), note.field].joined(separator: " · ")
                }
        )
    }

    func row(_ viewer: Viewer) -> Table.Row {
        let short = key.count > 24 ? String(key.prefix(21)) + "…" : key
        let why = [field, detail].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        let left = notes.map { viewer.word("ledger.reason", $0.code) }.joined(separator: ", ")
        return Table.Row(
            id: id.wire,
            href: href,
            [
                .text(short), .text(viewer.channel(channel)),
                .badge(badge(viewer)),
                .text(
                    reason.map { viewer.word("ledger.reason", $0) } ?? (left.isEmpty ? "–" : left),
                    sub: reason == nil || why.isEmpty ? nil : why
                ),
                .time(viewer.time(receivedAt)), .text(viewer.number(deliveries)),
            ]
        )
    }

    func touchRow(_ viewer: Viewer) -> Table.Row {
        Table.Row(
            id: id.wire,
            href: href,
            [.text(viewer.channel(channel)), .badge(badge(viewer)), .time(viewer.time(receivedAt))]
        )
    }
}
