import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Phone
import Web

/// The API of leads.
struct LeadRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/leads") { request, context in try await list(request, context) }
        group.get("api/v1/leads/:id") { _, context in try await show(context) }
        group.post("api/v1/leads/:id/assign") { request, context in try await assign(request, context) }
        group.get("api/v1/audit") { _, context in try await audit(context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<LeadAnswer> {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let slice = try request.slice()
        let filter = try LeadFilter(request, now: viewer.now)
        let order = try LeadOrder(request)
        let after = try slice.after.map(order.place)
        let found = try await app.spine.read { tx in
            try await LeadListStore(tx).list(filter, who.leadSight, order, after: after, limit: slice.limit + 1)
        }
        let hasMore = found.count > slice.limit
        let shown = found.prefix(slice.limit)
        return PageOf(
            items: shown.map { LeadAnswer($0, for: who, viewer) },
            nextCursor: hasMore ? shown.last.map { order.cursor(after: $0).encoded } : nil
        )
    }

    func show(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let (view, submissions, history) = try await app.spine.read { tx in
            guard let view = try await LeadQueryStore(tx).find(id, who.leadSight) else {
                throw Rejection.notFound("lead", id)
            }
            let history = try await LeadHistoryStore(tx).of(id, limit: 500)
            return (view, try await LedgerQueryStore(tx).of(id), history)
        }
        return try .json(
            LeadDetailAnswer(
                lead: LeadAnswer(view, for: who, pages.viewer(context)),
                why: .init(grade: view.gradeWhy, owner: view.ownerWhy),
                message: view.message,
                need: view.need,
                needSetBy: view.needSetBy,
                needSetAt: view.needSetAt,
                dealId: view.dealID,
                dealStage: view.dealStage,
                dealOutcome: view.dealOutcome,
                discardReason: view.discardReason,
                submissions: submissions.map { ReceiptAnswer($0) },
                history: history.map { .init(id: $0.id.wire, type: $0.name.text, actor: $0.actor, at: $0.at) }
            )
        )
    }

    private struct Assign: Decodable {
        let agentId: StaffID
    }

    private func assign(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let id = LeadID(try context.uuid("id"))
        let body = try await request.decode(as: Assign.self, context: context)
        try await app.spine.perform(who.cause(context)) { work in
            try await app.reassignLead(id, to: body.agentId, who.leadSight, work)
        }
        return try await show(context)
    }

    private struct AuditAnswer: Encodable {
        let holds: Bool
        let report: AuditReport
    }

    private func audit(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: LedgerPages.readers)
        let report = try await app.auditLedger()
        return try .json(AuditAnswer(holds: report.holds, report: report))
    }
}

extension LeadFilter {
    /// The filter of a query: `phone`, `name`, `status`, `owner`, `grade`, `due`, `percent`.
    init(_ request: Request, now: Date) throws {
        phone = try request.query("phone", "not-a-phone-number", "phone is a telephone number.") {
            PhoneNumber.e164($0)
        }
        name = request.query("name")
        status = try request.query(
            "status",
            "unknown-status",
            "status is open, contacted, converted or discarded."
        ) { Lead.Status(rawValue: $0) }
        owner = try request.query("owner", "not-an-id", "owner is the id of a member of staff.") { StaffID($0) }
        grade = try request.query("grade", "unknown-grade", "grade is A, B or C.") { Grade(rawValue: $0.uppercased()) }
        let due = try request.query("due", "unknown-due", "due is now or today.") {
            LeadListQuery.Due(rawValue: $0)
        }
        callBefore = due?.end(now)
        percent = try request.query(
            "percent",
            "percent-out-of-range",
            "percent is a whole number from 1 to 100."
        ) { Int($0).flatMap { (1...100).contains($0) ? $0 : nil } }
    }
}

extension LeadOrder {
    /// `sort` of a query.
    fileprivate init(_ request: Request) throws {
        let order = try request.query("sort", "unknown-order", "sort is newest, likeliest, unlikeliest or due.") {
            LeadOrder(rawValue: $0)
        }
        self = order ?? .newest
    }
}
