import Contracts
import Web

/// Tells open pages that a list of leads is not what it was.
///
/// Only pages whose viewer sees the lead hear of it, and nothing of the lead is sent: each page asks for its list
/// again, and gets what its viewer may see. Of what waits in a pool nobody has seen anything who may claim it: its members
/// hear only that the pool is not what it was.
enum LeadsLive {
    static let topic = "leads"

    struct Change: Encodable, Sendable {
        let leads: [LeadID]
    }

    struct PoolChange: Encodable, Sendable {
        let pool: String
    }

    /// What somebody's pages may listen to.
    static func topics(_ pools: [Pool], for who: Principal) -> Set<String> {
        guard who.isOne(of: PoolRoutes.readers) else { return [topic] }
        return Set([topic] + pools.filter { $0.isOpen(to: who) }.map { topic(of: $0.name) })
    }

    static func topic(of pool: String) -> String { "pool:\(pool)" }

    static func announce(_ leads: [Lead], on feed: LiveFeed) { announce(leads.map { LeadMove(lead: $0) }, on: feed) }

    static func announce(_ moves: [LeadMove], on feed: LiveFeed) {
        var groups: [Belonging: [LeadID]] = [:]
        for move in moves {
            groups[move.lead.belonging(isSold: false), default: []].append(move.lead.id)
            if let former = move.formerBelonging { groups[former, default: []].append(move.lead.id) }
        }
        for (belonging, leads) in groups {
            // An array of ids always encodes.
            try? feed.publish(topic, json: Change(leads: leads), about: belonging)
        }
        for pool in Set(moves.flatMap { [$0.lead.pool, $0.formerPool] }.compactMap(\.self)).sorted() {
            try? feed.publish(topic(of: pool), json: PoolChange(pool: pool), about: nil)
        }
    }
}

extension LeadMove {
    /// What decided who saw it before.
    fileprivate var formerBelonging: Belonging? {
        formerOwner.map { Belonging(owners: [$0.uuid], teamID: formerTeam?.uuid, project: lead.project) }
    }
}
