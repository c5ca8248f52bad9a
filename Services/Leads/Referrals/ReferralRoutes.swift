import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// A referral as programs see it.
struct ReferralAnswer: Encodable, Sendable {
    let id: ReferralID
    let leadId: LeadID
    let referrerUid: UID?
    let referredUid: UID
    let code: String
    let state: String
    let rewards: [Reward]
    let arrivedAt: Date
    let expiresAt: Date
    let dealId: DealID?
    let earnedAt: Date?
    let paidAt: Date?
    let reference: String?
    let why: Contracts.Why

    init(_ view: ReferralView) {
        let referral = view.referral
        id = referral.id
        leadId = referral.leadID
        referrerUid = view.referrerUID
        referredUid = view.referredUID
        code = referral.code
        state = referral.state.rawValue
        rewards = referral.rewards
        arrivedAt = referral.arrivedAt
        expiresAt = referral.expiresAt
        dealId = referral.dealID
        earnedAt = referral.earnedAt
        paidAt = referral.paidAt
        reference = referral.reference
        why = referral.why
    }
}

/// The API of referrals.
struct ReferralRoutes: Sendable {
    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/referrals") { request, context in try await list(request, context) }
        group.get("api/v1/referrals/:id") { _, context in try await show(context) }
        group.post("api/v1/referrals/:id/paid") { request, context in try await pay(request, context) }
        group.post("api/v1/persons/:uid/referral-code") { request, context in try await makeCode(request, context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.readers)
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let filter = ReferralListQuery(request).filter
        let views = try await app.spine.read {
            try await ReferralQueryStore($0).list(filter, who.leadSight, after: after, limit: slice.limit + 1)
        }
        let next = views.count > slice.limit ? views[slice.limit - 1].referral : nil
        let items = views.prefix(slice.limit).map { ReferralAnswer($0) }
        return try .json(PageOf(items: items, nextCursor: next.map { Cursor($0.arrivedAt, $0.id.uuid).encoded }))
    }

    private func show(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.readers)
        let id = ReferralID(try context.uuid("id"))
        let view = try await app.spine.read { try await ReferralQueryStore($0).find(id, who.leadSight) }
        guard let view else { throw Rejection.notFound("referral", id) }
        return try .json(ReferralAnswer(view))
    }

    private struct Payment: Codable {
        let reference: String
    }

    private func pay(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.payers)
        let deed = try Deed(request, context)
        let id = ReferralID(try context.uuid("id"))
        let body = try await request.decode(as: Payment.self, context: context)
        return try await deed.once(app.spine, body) { work in
            let store = ReferralQueryStore(work.tx)
            guard try await store.find(id, who.leadSight) != nil else { throw Rejection.notFound("referral", id) }
            try await app.payReferral(id, reference: body.reference, work)
            guard let view = try await store.find(id, who.leadSight) else { throw Rejection.notFound("referral", id) }
            return ReferralAnswer(view)
        }
    }

    private struct Nothing: Codable {}

    private struct Code: Encodable {
        let code: String
        let link: String?
    }

    private func makeCode(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let uid = UID(try context.uuid("uid"))
        return try await deed.once(app.spine, Nothing()) { work in
            let code = try await app.makeReferralCode.seen(uid, deed.who.leadSight, work)
            return Code(code: code, link: app.referralLink(code))
        }
    }
}
