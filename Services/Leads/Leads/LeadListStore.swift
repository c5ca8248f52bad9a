import Contracts
import Foundation
import Postgres
import Web

/// Which leads a list shows.
struct LeadFilter: Sendable, Equatable {
    /// E.164.
    var phone: String?
    /// A part of the person's name.
    var name: String?
    var status: Lead.Status?
    var owner: StaffID?
    var team: TeamID?
    var grade: Grade?
    /// Won with so many percent at least, as far as anything is said of it.
    var percent: Int?
    var channel: String?
    var campaign: String?
    var project: String?
    /// How far the person has come.
    var stage: LifeStage?
    /// Received from this instant on.
    var since: Date?
    /// Waits in whichever pool, also when somebody had spoken with the person before.
    var isInPool = false
    /// Counted in a figure of marketing's return.
    var returned: ReturnFilter?
    /// Unanswered past its time, as of this instant.
    var overdueAt: Date?
    /// Somebody has to call before then, for the first time or once more.
    var callBefore: Date?

    /// Whether something may be said of any of them: of leads that are closed it is not.
    fileprivate var isSpokenOf: Bool { status?.isOpen ?? true }
}

/// The SQL of lists of leads.
struct LeadListStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Leads that one may see, after a place in an order.
    func list(
        _ filter: LeadFilter,
        _ sight: Sight,
        _ order: LeadOrder = .newest,
        after place: LeadPlace? = nil,
        limit: Int
    ) async throws -> [LeadView] {
        let conditions = try await conditions(filter, sight)
        if order == .due { return try await due(filter, conditions, after: place, limit: limit) }
        if order == .newest { return try await newest(filter, conditions, after: place, limit: limit) }
        let isAmongSilent = place != nil && place?.percent == nil
        let scored =
            isAmongSilent || !filter.isSpokenOf
            ? [] : try await self.scored(filter, conditions, order, after: place, limit: limit)
        guard scored.count < limit, filter.percent == nil else { return scored }
        let isSilent: SQL =
            """
            (l.status NOT IN ('open', 'contacted') OR NOT EXISTS (SELECT FROM lead_scores o WHERE o.lead_id = l.id))
            """
        let silent = try await newest(
            filter,
            conditions + [isSilent],
            after: isAmongSilent ? place : nil,
            limit: limit - scored.count
        )
        return scored + silent
    }

    /// Which they are is found in indexes alone, where these have all that is asked for; then those few are looked at.
    func newest(
        _ filter: LeadFilter,
        _ conditions: [SQL],
        after place: LeadPlace?,
        limit: Int
    ) async throws -> [LeadView] {
        var conditions = conditions
        if let place { conditions.append("(l.received_at, l.id) < (\(place.receivedAt), \(place.id))") }
        if let percent = filter.percent { conditions.append(Self.atLeast(percent)) }
        return try await LeadQueryStore(tx).views(
            """
            l.id = ANY(ARRAY(SELECT l.id FROM leads l \(filter.persons) WHERE \(SQL.all(conditions))
                              ORDER BY l.received_at DESC, l.id DESC LIMIT \(limit)))
             ORDER BY l.received_at DESC, l.id DESC
            """
        )
    }

    static func atLeast(_ percent: Int) -> SQL {
        """
        l.status IN ('open', 'contacted')
        AND EXISTS (SELECT FROM lead_scores o WHERE o.lead_id = l.id AND o.percent >= \(percent))
        """
    }

    /// Those of which something is said, which are all under way: that they are is asked for what has an index of those only.
    private func scored(
        _ filter: LeadFilter,
        _ conditions: [SQL],
        _ order: LeadOrder,
        after place: LeadPlace?,
        limit: Int
    ) async throws -> [LeadView] {
        let isDown = order == .likeliest
        let after: SQL = isDown ? "<" : ">"
        let way: SQL = isDown ? "DESC" : "ASC"
        var conditions: [SQL] = ["l.status IN ('open', 'contacted')"] + conditions
        if let place {
            conditions.append(
                """
                (r.percent, r.received_at, r.lead_id) \(after) (\(place.percent), \(place.receivedAt), \(place.id))
                """
            )
        }
        if let percent = filter.percent { conditions.append("r.percent >= \(percent)") }
        return try await LeadQueryStore(tx).views(
            """
            l.id = ANY(ARRAY(SELECT l.id FROM lead_scores r JOIN leads l ON l.id = r.lead_id \(filter.persons)
                              WHERE \(SQL.all(conditions))
                              ORDER BY r.percent \(way), r.received_at \(way), r.lead_id \(way) LIMIT \(limit)))
             ORDER BY r.percent \(way), r.received_at \(way), r.lead_id \(way)
            """
        )
    }

    private func conditions(_ filter: LeadFilter, _ sight: Sight) async throws -> [SQL] {
        var conditions: [SQL] = [LeadQueryStore.scope(sight)]
        if let phone = filter.phone {
            conditions.append(
                "l.uid IN (SELECT uid FROM identifiers WHERE kind = 'phone' AND value = \(phone))"
            )
        }
        if let name = filter.name { conditions.append(try await NameSearchStore(tx).condition(name)) }
        if let status = filter.status { conditions.append("l.status = \(status.rawValue)") }
        if let owner = filter.owner { conditions.append("l.owner_id = \(owner)") }
        if let team = filter.team { conditions.append("l.team_id = \(team)") }
        if let grade = filter.grade { conditions.append("l.grade = \(grade.rawValue)") }
        if let returned = filter.returned { conditions.append(ReturnFilterStore.condition(returned)) }
        if let channel = filter.channel { conditions.append("l.channel = \(channel)") }
        if let campaign = filter.campaign { conditions.append("l.campaign = \(campaign)") }
        if let project = filter.project { conditions.append("l.project = \(project)") }
        if let stage = filter.stage { conditions.append(LifeCycleStore.condition([stage], person: "l.uid")) }
        if let since = filter.since { conditions.append("l.received_at >= \(since)") }
        if filter.isInPool { conditions.append("l.pool IS NOT NULL AND l.status IN ('open', 'contacted')") }
        if let now = filter.overdueAt { conditions.append("l.status = 'open' AND l.response_due_at < \(now)") }
        if let time = filter.callBefore {
            conditions.append(
                """
                (l.status = 'open' AND l.response_due_at < \(time)
                 OR l.status = 'contacted' AND l.next_at IS NOT NULL AND l.next_at < \(time))
                """
            )
        }
        return conditions
    }
}

extension LeadFilter {
    var persons: SQL { name == nil ? "" : "JOIN persons p ON p.uid = l.uid" }
}

extension SQL {
    /// All of one condition at least.
    static func all(_ conditions: [SQL]) -> SQL {
        conditions.dropFirst().reduce(conditions[0]) { "\($0) AND \($1)" }
    }
}
