import Contracts
import Web

/// Tells open pages that a list of leads is not what it was.
///
/// Only pages whose viewer sees the lead hear of it, and nothing of the lead is sent: each page asks for its list
/// again, and gets what its viewer may see.
enum LeadsLive {
    static let topic = "leads"

    struct Change: Encodable, Sendable {
        let leads: [LeadID]
    }

    static func announce(_ leads: [Lead], on feed: LiveFeed) {
        let groups = Dictionary(grouping: leads) { $0.belonging(isSold: false) }
        for (belonging, leads) in groups {
            // An array of ids always encodes.
            try? feed.publish(topic, json: Change(leads: leads.map(\.id)), about: belonging)
        }
    }
}
