import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Web

/// Who recommended us to whom, what is owed for it, and how much it brings.
struct ReferralListPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let stats: [Stat]
    let table: Table
}

struct ReferralPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("referrals") { request, context in try await list(request, context) }
        group.get("referrals/:id") { _, context in try await show(context) }
        group.post("referrals/:id/paid") { request, context in try await pay(request, context) }
        group.post("persons/:uid/referral-code") { _, context in try await makeCode(context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.readers)
        let viewer = pages.viewer(context)
        let query = ReferralListQuery(request)
        let slice = try request.slice(defaultLimit: 50)
        let after = try slice.after?.timeAndID()
        let seen = try await app.spine.read { tx in
            let store = ReferralQueryStore(tx)
            let everything = ReferralFilter(referrer: query.referrer)
            var name: String?
            if let uid = query.referrer {
                let survivor = try await AliasStore(tx).survivor(of: uid)
                name = try await PersonStore(tx).names(of: [survivor])[survivor]
            }
            return ReferralList(
                query: query,
                views: try await store.list(query.filter, who.leadSight, after: after, limit: slice.limit + 1),
                totals: try await ReferralSumStore(tx).totals(everything, who.leadSight),
                share: who.leadSight.extent == .all ? try await store.share() : nil,
                goal: try await PolicyStore(tx).current(ReferralPolicy.self).value.goalPercent,
                referrerName: name
            )
        }
        return try pages.page(
            "referral-list",
            seen.page(slice, viewer),
            .init(
                title: viewer.text("referrals.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func show(
        _ context: WebContext,
        refused: (form: Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.readers)
        let id = ReferralID(try context.uuid("id"))
        let viewer = pages.viewer(context)
        let story = try await app.spine.read { tx in
            let store = ReferralQueryStore(tx)
            guard let view = try await store.find(id, who.leadSight) else { throw Rejection.notFound("referral", id) }
            return ReferralStory(
                view: view,
                moves: try await store.moves(of: id),
                names: try await StaffStore(tx).names()
            )
        }
        let view = story.page(
            viewer,
            mayPay: who.isOne(of: PayReferral.payers),
            reference: refused?.form["reference"],
            error: refused.map { viewer.refusal($0.rejection) },
            key: refused?.form["key"] ?? UUID.v7().wire
        )
        return try pages.page(
            "referral",
            view,
            .init(
                title: viewer.text("referrals.title"),
                section: .leads,
                crumbs: [
                    Crumb(viewer.text("leads.title"), "/leads/leads"),
                    Crumb(viewer.text("referrals.title"), "/leads/referrals"),
                ]
            ),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func pay(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PayReferral.payers)
        let id = ReferralID(try context.uuid("id"))
        let form = try await request.form(context)
        let sight = who.leadSight
        do {
            _ = try await app.spine.once(
                who.cause(context),
                scope: "staff:\(who.staffID.wire) form /leads/referrals/\(id)/paid",
                key: form.optional("key"),
                digest: form["key"]
            ) { work in
                guard try await ReferralQueryStore(work.tx).find(id, sight) != nil else {
                    throw Rejection.notFound("referral", id)
                }
                try await app.payReferral(id, reference: form["reference"], work)
                return StoredAnswer(status: 200, json: [])
            }
        } catch let rejection as Rejection where rejection.field != nil {
            return try await show(context, refused: (form, rejection))
        } catch let rejection as Rejection where rejection.kind == .conflict {
            let text = pages.viewer(context).refusal(rejection)
            return .seeOther("/leads/referrals/\(id)", flash: Flash(.refused, text))
        }
        return .seeOther("/leads/referrals/\(id)", flash: Flash(.done, pages.viewer(context).text("referrals.is-paid")))
    }

    private func makeCode(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        try await app.spine.perform(who.cause(context)) { work in
            try await app.makeReferralCode.seen(uid, who.leadSight, work)
        }
        return .seeOther(
            "/leads/persons/\(uid)",
            flash: Flash(.done, pages.viewer(context).text("referrals.code-made"))
        )
    }
}

extension MakeReferralCode {
    /// The same, for somebody who must see the person and be allowed to do something about them.
    @discardableResult
    func seen(_ uid: UID, _ sight: Sight, _ work: Work) async throws -> String {
        try sight.requireActing()
        let person = try await AliasStore(work.tx).survivor(of: uid)
        guard try await LeadQueryStore(work.tx).seesPerson(person, sight) else {
            throw Rejection.notFound("person", uid)
        }
        return try await self(for: person, work)
    }
}
