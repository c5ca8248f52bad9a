import Contracts
import Foundation
import Web

extension NotificationRules {
    /// Whoever may claim leads that are offered hears of them: one message, however many leads and pools there are.
    static let leadsOffered = NotificationRule<LeadsOffered>("leads-offered") { event in
        let offers = event.offers.flatMap { offer in offer.members.map { (member: $0, offer: offer) } }
        return Dictionary(grouping: offers, by: \.member).sorted { $0.key < $1.key }.map { member, theirs in
            let pools = theirs.map(\.offer)
            let until = pools.map(\.until).max() ?? .distantPast
            return .work(
                for: .staff(member),
                "leads-offered",
                by: [.inApp],
                link: "/leads/pools" + (pools.count == 1 ? "/\(pools[0].pool)" : ""),
                ["leads": .count(pools.map(\.leads).reduce(0, +)), "pools": words(for: pools), "until": .time(until)]
            )
        }
    }

    private static func words(for pools: [LeadsOffered.Offer]) -> TextVariable {
        func titles(_ language: Language) -> [String] {
            pools.map { $0.title == $0.pool ? PlaceNames.pool($0.pool, in: language) : $0.title }
        }
        return .words(
            english: titles(.english).joined(separator: ", "),
            chinese: titles(.chinese).joined(separator: "、")
        )
    }
}
