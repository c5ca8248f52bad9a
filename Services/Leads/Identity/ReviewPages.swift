import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Who may be one person, for somebody to look at.
struct ReviewListPage: Sendable {
    let header: PageHeader
    let stock: StockPane
    let table: Table
}

/// Two persons side by side, and what would hold of them as one.
struct ComparePage: Sendable {
    let header: PageHeader
    let why: Web.Why?
    let isPinned: Bool
    let columns: [String]
    let rows: [Row]
    let leads: String?
    let action: String
    /// Only what was put up for review can be put off.
    let isReview: Bool
    let fields: [Hidden]
    let mayDecide: Bool
    /// One of the two is somebody else's: it can be put up for whoever sees both.
    let isBeyond: Bool
    let mayPropose: Bool

    struct Row: Sendable {
        let label: String
        let left: String
        let right: String
        let result: String
        let why: Web.Why?
        /// Both know it, and not the same.
        let differs: Bool
    }

    struct Hidden: Sendable {
        let name: String
        let value: String
    }
}

struct ReviewPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("reviews") { request, context in try await list(request, context) }
        group.post("reviews/compare-all") { request, context in try await compareAll(request, context) }
        group.get("reviews/:id") { _, context in try await show(context) }
        group.post("reviews/:id/decide") { request, context in try await decide(request, context) }
        group.get("persons/:uid/compare") { request, context in try await compare(request, context) }
        group.post("persons/:uid/merge") { request, context in try await merge(request, context) }
        group.post("merges/:id/undo") { request, context in try await undo(request, context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let viewer = pages.viewer(context)
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let (found, names, stock) = try await app.spine.read { tx in
            let found = try await ReviewStore(tx).waiting(who.leadSight, after: after, limit: slice.limit + 1)
            let uids = Set(found.flatMap { [$0.pair.low, $0.pair.high] })
            let seen = try await PersonScope(tx, who.leadSight).seen(of: uids)
            let beyond = Dictionary(uids.subtracting(seen).map { ($0, viewer.text("reviews.beyond")) }) { one, _ in one
            }
            return (
                found, try await PersonStore(tx).names(of: seen).merging(beyond) { $1 },
                try await StockComparisonStore(tx).newest()
            )
        }
        let shown = Array(found.prefix(slice.limit))
        let next = found.count > slice.limit ? shown.last.map { Cursor($0.foundAt, $0.id).encoded } : nil
        let view = ReviewListPage(
            header: PageHeader(viewer.text("reviews.title"), sub: viewer.text("reviews.hint")),
            stock: StockPane(stock, mayOrder: who.isOne(of: [.admin]), viewer),
            table: Table(
                viewer.text("reviews.title"),
                ReviewRows.columns(viewer),
                shown.map { ReviewRows(viewer: viewer, names: names).row($0) },
                pager: next.map { Pager(next: "/leads/reviews?cursor=\($0)") },
                empty: Empty(viewer.text("reviews.empty"), viewer.text("reviews.empty-text"))
            )
        )
        return try pages.page(
            "reviews",
            view,
            .init(title: viewer.text("reviews.title"), section: .leads),
            for: context
        )
    }

    private func compareAll(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(.admin)
        _ = try await request.form(context)
        try await app.spine.perform(who.cause(context)) { try await app.compareStock.order($0) }
        return .seeOther("/leads/reviews", flash: Flash(.done, pages.viewer(context).text("reviews.stock.ordered")))
    }

    private func show(_ context: WebContext) async throws -> Response {
        let id = try context.uuid("id")
        guard let review = try await app.spine.read({ try await ReviewStore($0).find(id) }) else {
            throw Rejection.notFound("review", id.wire)
        }
        return try await compare(review.pair.low, review.pair.high, review, context)
    }

    private func compare(_ request: Request, _ context: WebContext) async throws -> Response {
        let uid = UID(try context.uuid("uid"))
        let named = request.query("with") ?? ""
        let other = try await app.spine.read { try await PersonSearchStore($0).named(named) }
        guard let other else {
            throw Rejection.invalid("with", "no-such-person", "Nobody is known by that phone, e-mail or UID.")
        }
        return try await compare(uid, other, nil, context)
    }

    private func compare(_ one: UID, _ other: UID, _ review: Review?, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let viewer = pages.viewer(context)
        let comparison = try await app.spine.read { tx in
            let now = try await AliasStore(tx).survivors(of: [one, other])
            let seen = try await PersonScope(tx, who.leadSight).requireEither(now[one] ?? one, now[other] ?? other)
            guard let left = now[one], let right = now[other], left != right else {
                throw Rejection(.conflict, "same-person", "They are one person already.")
            }
            let sides = try await SideStore(tx).load([left, right])
            guard let first = sides[left], let second = sides[right], !first.leads.isEmpty || !second.leads.isEmpty
            else {
                throw Rejection.notFound("person", other)
            }
            return Comparison(
                plan: MergePlan(first, second, now: viewer.now),
                tags: try await TagStore(tx).of([left, right]),
                review: review,
                isPinned: try await !AliasStore(tx).different(among: [left, right]).isEmpty,
                seen: seen,
                responsible: try await PersonReadStore(tx).responsible(for: [left, right], who),
                staff: try await StaffStore(tx).names()
            )
        }
        return try pages.page(
            "compare",
            comparison.page(viewer),
            .init(
                title: viewer.text("reviews.compare.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("reviews.title"), "/leads/reviews")]
            ),
            for: context
        )
    }

    private func decide(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let id = try context.uuid("id")
        let form = try await request.form(context)
        let decision = try DecideReview.Decision(named: form["decision"])
        let keep = UID(form["keep"])
        try await app.spine.perform(who.cause(context)) { work in
            try await PersonScope(work.tx, who.leadSight).require(decision, of: id)
            try await app.decideReview(id, decision, keep: keep, work)
        }
        let text = pages.viewer(context).text("reviews.decided.\(decision.rawValue)")
        return .seeOther("/leads/reviews", flash: Flash(.done, text))
    }

    private func merge(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let uid = UID(try context.uuid("uid"))
        let form = try await request.form(context)
        guard let other = UID(form["other"]) else {
            throw Rejection.invalid("other", "not-an-id", "other is the UID of a person.")
        }
        let isDifferent = form["decision"] == DecideReview.Decision.different.rawValue
        let done = try await app.spine.perform(who.cause(context)) { work in
            let seen = try await PersonScope(work.tx, who.leadSight).requireEither(uid, other)
            guard seen.count == Set([uid, other]).count else {
                try await app.decideReview.propose(UIDPair(uid, other), work)
                return "proposed"
            }
            if isDifferent {
                try await app.decideReview.pin(UIDPair(uid, other), work)
            } else {
                try await app.mergePersons(other, into: uid, why: Merge.byHand(), work)
            }
            return isDifferent ? "different" : "merge"
        }
        let text = pages.viewer(context).text("reviews.decided.\(done)")
        return .seeOther("/leads/persons/\(uid)", flash: Flash(.done, text))
    }

    private func undo(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let id = MergeID(try context.uuid("id"))
        _ = try await request.form(context)
        let merge = try await app.spine.perform(who.cause(context)) { work in
            try await PersonScope(work.tx, who.leadSight).requireSides(of: id)
            return try await app.unmergePersons(id, different: true, work)
        }
        let text = pages.viewer(context).text("persons.unmerged")
        return .seeOther("/leads/persons/\(merge.merged)", flash: Flash(.done, text))
    }
}

extension DecideReview.Decision {
    /// - Throws: a ``Rejection`` for what is no decision.
    init(named text: String) throws {
        guard let decision = Self(rawValue: text) else {
            throw Rejection.invalid("decision", "unknown-decision", "decision is merge, different or later.")
        }
        self = decision
    }
}
