import Contracts
import Foundation
import Hummingbird
import Web

/// What the address of the list says.
struct ReferralListQuery: Sendable, Equatable {
    /// A state, or `won` for those behind which a deal stands; nil for all.
    let state: String?
    let referrer: UID?

    init(_ request: Request) {
        let named = request.query("state")
        state = named.flatMap { $0 == "won" || Referral.State(rawValue: $0) != nil ? $0 : nil }
        referrer = request.query("referrer").flatMap { UID($0) }
    }

    var filter: ReferralFilter {
        ReferralFilter(
            states: Referral.State.allCases.filter { $0.rawValue == state || (state == "won" && $0.isWon) },
            referrer: referrer
        )
    }

    /// The same list in another state, or further on.
    func href(_ state: String?, cursor: String? = nil) -> String {
        let items = [("state", state), ("referrer", referrer?.description), ("cursor", cursor)]
        let query = items.compactMap { name, value in value.map { "\(name)=\($0.asQueryValue)" } }
        return "/leads/referrals" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
