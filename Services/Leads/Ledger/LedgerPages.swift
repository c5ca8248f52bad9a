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
    let reasons: [FilterLink]
    let hasReasons: Bool
    let channels: [FilterLink]
    let table: Table
}

struct LedgerPages: Sendable {
    /// Who reads what all channels sent: it is about everybody's leads.
    static let readers: [Role] = [.manager, .head, .marketing]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("ledger") { request, context in try await list(request, context) }
        group.get("ledger/:id") { _, context in try await show(context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = try context.uuid("id")
        let found = try await app.spine.read { tx in try await LedgerQueryStore(tx).find(id, for: who) }
        guard let submission = found else { throw Rejection.notFound("submission", id.wire) }
        let ledger = who.readsLedger ? [Crumb(viewer.text("ledger.title"), "/leads/ledger")] : []
        return try pages.page(
            "submission",
            submission.page(viewer),
            .init(
                title: submission.row.key,
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")] + ledger
            ),
            for: context
        )
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: LedgerPages.readers)
        let viewer = pages.viewer(context)
        let filter = LedgerQuery(request)
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let (found, reasons, channels) = try await app.spine.read { tx in
            let store = LedgerQueryStore(tx)
            return (
                try await store.list(filter, after: after, limit: slice.limit + 1).seen(by: who, tx),
                try await store.reasons(), try await ChannelStore(tx).all().keys.sorted()
            )
        }
        let isRejected = filter.outcome == "rejected" || filter.reason != nil
        let view = LedgerPage(
            header: PageHeader(viewer.text("ledger.title"), sub: viewer.text("ledger.hint")),
            filters: filter.byOutcome(viewer),
            reasons: filter.byReason(reasons, viewer),
            hasReasons: isRejected && !reasons.isEmpty,
            channels: filter.byChannel(channels, viewer),
            table: table(found, filter, slice, viewer)
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

    private func table(_ found: [SeenSubmission], _ filter: LedgerQuery, _ slice: Slice, _ viewer: Viewer) -> Table {
        let shown = found.prefix(slice.limit)
        let next = found.count > slice.limit ? shown.last.map { Cursor($0.row.receivedAt, $0.row.id).encoded } : nil
        return Table(
            viewer.text("ledger.title"),
            ["key", "channel", "outcome", "reason", "received", "deliveries"].map {
                Table.Column(viewer.text("ledger.column.\($0)"), isNumeric: $0 == "deliveries")
            },
            shown.map { $0.row(viewer) },
            pager: next == nil && slice.after == nil
                ? nil
                : Pager(
                    first: slice.after == nil ? nil : filter.href(),
                    next: next.map { filter.href(cursor: $0) }
                ),
            empty: Empty(viewer.text("ledger.empty.heading"), viewer.text("ledger.empty.text"))
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

    fileprivate func badge(_ viewer: Viewer) -> Badge { Badge(viewer.text("ledger.outcome.\(outcome)"), tone) }

    fileprivate var href: String { "/leads/ledger/\(id.wire)" }

    fileprivate func facts(_ viewer: Viewer, _ lead: Fact) -> [Fact] {
        var facts = [
            Fact(viewer.text("ledger.column.key"), key),
            Fact(viewer.text("ledger.column.channel"), viewer.channel(channel)),
            Fact(viewer.text("ledger.sent-by"), viewer.word("ledger.transport", transport)),
            Fact(viewer.text("ledger.column.received"), viewer.instant(receivedAt)),
            Fact(viewer.text("ledger.column.deliveries"), viewer.number(deliveries)),
            lead,
        ]
        if let duplicateOf {
            let first = viewer.text("ledger.open-first")
            facts.append(Fact(viewer.text("ledger.first"), first, href: "/leads/ledger/\(duplicateOf.wire)"))
        }
        if let field, !field.isEmpty { facts.append(Fact(viewer.text("ledger.field"), field)) }
        return facts
    }

    fileprivate func cells(_ viewer: Viewer) -> [Table.Cell] {
        let short = key.count > 24 ? String(key.prefix(21)) + "…" : key
        let why = [field, detail].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        let left = notes.map { viewer.word("ledger.reason", $0.code) }.joined(separator: ", ")
        return [
            .text(short), .text(viewer.channel(channel)),
            .badge(badge(viewer)),
            .text(
                reason.map { viewer.word("ledger.reason", $0) } ?? (left.isEmpty ? "–" : left),
                sub: reason == nil || why.isEmpty ? nil : why
            ),
            .time(viewer.time(receivedAt)), .text(viewer.number(deliveries)),
        ]
    }

    /// On the lead's own page: what was sent is a page of its own.
    func touchRow(_ viewer: Viewer) -> Table.Row {
        Table.Row(
            id: id.wire,
            href: href,
            [.text(viewer.channel(channel)), .badge(badge(viewer)), .time(viewer.time(receivedAt))]
        )
    }
}

extension SeenSubmission {
    func page(_ viewer: Viewer) -> SubmissionPage {
        SubmissionPage(
            header: PageHeader(row.key, sub: viewer.channel(row.channel), badges: [row.badge(viewer)]),
            happened: row.reason.map { viewer.word("ledger.reason", $0) }
                ?? viewer.text("ledger.happened.\(row.outcome)"),
            advice: row.outcome == "rejected" ? viewer.text("ledger.advice") : nil,
            facts: row.facts(viewer, leadFact(viewer)),
            notes: [row.detail].compactMap { $0 }
                + row.notes.map { note in
                    [viewer.word("ledger.reason", note.code), note.field].joined(separator: " · ")
                }
        )
    }

    private func leadFact(_ viewer: Viewer) -> Fact {
        let words = row.leadID == nil ? "common.none" : lead == nil ? "ledger.lead-elsewhere" : "ledger.open-lead"
        return Fact(viewer.text("ledger.lead"), viewer.text(words), href: leadHref)
    }

    /// Leads to the lead, or to what was written down where there is none or it is not the viewer's to see.
    func row(_ viewer: Viewer) -> Table.Row {
        Table.Row(id: row.id.wire, href: leadHref ?? row.href, row.cells(viewer))
    }

    private var leadHref: String? { lead.map { "/leads/leads/\($0)" } }
}
