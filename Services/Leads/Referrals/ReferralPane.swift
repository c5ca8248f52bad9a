import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// What somebody recommends us with, and how often they did: a part of the page of a person.
struct ReferralPane: Sendable {
    let code: String?
    let link: String?
    let count: String?
    let href: String?
    /// Where a code is made, for whoever may.
    let make: String?
    /// By whom they came themselves.
    let came: Fact?
}

/// What is known of a person's referrals.
struct PersonReferrals: Sendable {
    let codes: [String]
    let made: [Referral.State: Int]
    let came: ReferralView?

    init(of side: Side, _ sight: Sight, _ tx: Transaction) async throws {
        let store = ReferralQueryStore(tx)
        codes = try await ReferralCodeStore(tx).codes(of: side.members)
        made = try await ReferralSumStore(tx).totals(ReferralFilter(referrer: side.uid), sight).byState
        came = try await store.came(side.members, sight)
    }

    func pane(_ uid: UID, mayMake: Bool, mayList: Bool, link: (String) -> String?, _ viewer: Viewer) -> ReferralPane {
        let count = made.values.reduce(0, +)
        let won = (made[.earned] ?? 0) + (made[.paid] ?? 0)
        return ReferralPane(
            code: codes.first,
            link: codes.first.flatMap(link),
            count: count == 0 ? nil : viewer.text("referrals.made", count: count, ["won": viewer.number(won)]),
            href: mayList && count > 0 ? "/leads/referrals?referrer=\(uid)" : nil,
            make: mayMake && codes.isEmpty ? "/leads/persons/\(uid)/referral-code" : nil,
            came: came.map { view in
                Fact(
                    viewer.text("referrals.came"),
                    view.referrer(viewer),
                    href: mayList ? view.href : nil,
                    badge: viewer.badge(view.referral.state)
                )
            }
        )
    }
}
