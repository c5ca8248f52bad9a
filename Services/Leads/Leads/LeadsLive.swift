import Contracts
import Web

/// Tells open pages that a list of leads is not what it was.
///
/// Nothing of the lead is sent: each page asks for its list again, and gets what its viewer may see.
enum LeadsLive {
    static let topic = "leads"

    struct Change: Encodable, Sendable {
        let leads: [LeadID]
    }

    static func announce(_ leads: [LeadID], on feed: LiveFeed) {
        // An array of ids always encodes.
        try? feed.publish(topic, json: Change(leads: leads))
    }
}
