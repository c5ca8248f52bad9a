import Boot
import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// A lead as lists and pages show it.
struct LeadView: Sendable {
    let lead: Lead
    let personName: String?
    let phone: String?
    let ownerName: String?
    let campaign: String?
    let message: String?
    let need: Need?
    let gradeWhy: Contracts.Why
    let ownerWhy: Contracts.Why
    let dealID: DealID?
    let dealStage: String?
    let dealOutcome: String?
    let discardReason: String?
    let discardNote: String?

    /// What decides who sees it.
    var belonging: Belonging { lead.belonging(isSold: dealOutcome == "won") }
}

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
}

/// The SQL of leads that are only looked at.
struct LeadQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Leads that one may see, newest first.
    func list(
        _ filter: LeadFilter,
        _ sight: Sight,
        after: (time: Date, id: UUID)? = nil,
        limit: Int
    ) async throws -> [LeadView] {
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
        if let after { conditions.append("(l.received_at, l.id) < (\(after.time), \(after.id))") }
        // Which they are is found in indexes alone, where these have all that is asked for; then those few are looked at.
        let persons: SQL = filter.name == nil ? "" : "JOIN persons p ON p.uid = l.uid"
        return try await views(
            """
            l.id = ANY(ARRAY(SELECT l.id FROM leads l \(persons) WHERE \(LeadQueryStore.all(conditions))
                              ORDER BY l.received_at DESC, l.id DESC LIMIT \(limit)))
             ORDER BY l.received_at DESC, l.id DESC
            """
        )
    }

    /// What nobody has answered yet: what is longest overdue first.
    func unanswered(_ sight: Sight, limit: Int) async throws -> [LeadView] {
        try await views(
            "l.status = 'open' AND \(LeadQueryStore.scope(sight)) ORDER BY l.response_due_at, l.id LIMIT \(limit)"
        )
    }

    /// How many leads there are for a filter.
    func count(_ filter: LeadFilter, _ sight: Sight) async throws -> Int {
        var conditions: [SQL] = [LeadQueryStore.scope(sight)]
        if let owner = filter.owner { conditions.append("l.owner_id = \(owner) AND l.status IN ('open', 'contacted')") }
        if filter.isInPool { conditions.append("l.pool IS NOT NULL AND l.status IN ('open', 'contacted')") }
        if let now = filter.overdueAt { conditions.append("l.status = 'open' AND l.response_due_at < \(now)") }
        return try await tx.first("SELECT count(*) AS count FROM leads l WHERE \(LeadQueryStore.all(conditions))") {
            try $0["count"]
        } ?? 0
    }

    func find(_ id: LeadID, _ sight: Sight) async throws -> LeadView? {
        try await views("l.id = \(id) AND \(LeadQueryStore.scope(sight))").first
    }

    /// Those of the leads that one may see.
    func seen(of leads: [LeadID], _ sight: Sight) async throws -> Set<LeadID> {
        guard !leads.isEmpty else { return [] }
        let seen: [LeadID] = try await tx.all(
            "SELECT l.id FROM leads l WHERE l.id = ANY(\(leads.map(\.uuid))::uuid[]) AND \(LeadQueryStore.scope(sight))"
        ) { try $0["id"] }
        return Set(seen)
    }

    /// All leads of a person, newest first.
    func of(_ uid: UID, _ sight: Sight) async throws -> [LeadView] {
        try await views("l.uid = \(uid) AND \(LeadQueryStore.scope(sight)) ORDER BY l.id DESC LIMIT 20")
    }

    static func scope(_ sight: Sight) -> SQL {
        sight.rows(
            owners: ["l.owner_id"],
            team: "l.team_id",
            project: "l.project",
            isAfterSales: "l.deal_outcome = 'won'"
        )
    }

    private static func all(_ conditions: [SQL]) -> SQL {
        conditions.dropFirst().reduce(conditions[0]) { "\($0) AND \($1)" }
    }

    private func views(_ condition: SQL) async throws -> [LeadView] {
        try await tx.all(
            """
            SELECT l.id, l.uid, l.status, l.grade, l.channel, l.project, l.district, l.owner_id, l.team_id, l.pool,
                   l.owners, l.touches::bigint AS touches, l.attempts::bigint AS attempts, l.response_step,
                   l.response_due_at, l.contacted_at, l.received_at, l.campaign, l.message, l.need, l.grade_why,
                   l.owner_why, l.deal_id, l.deal_stage, l.deal_outcome, l.discard_reason, l.discard_note, p.name AS person_name,
                   s.name AS owner_name,
                   (SELECT i.value FROM identifiers i WHERE i.uid = l.uid AND i.kind = 'phone'
                     ORDER BY i.created_at, i.value LIMIT 1) AS phone
              FROM leads l
              JOIN persons p ON p.uid = l.uid
              LEFT JOIN staff s ON s.id = l.owner_id
             WHERE \(condition)
            """,
            as: LeadView.init(row:)
        )
    }
}

extension LeadView {
    init(row: Row) throws {
        let need: JSONText? = try row["need"]
        let gradeWhy: JSONText = try row["grade_why"]
        let ownerWhy: JSONText = try row["owner_why"]
        self.init(
            lead: try Lead(row: row),
            personName: try row["person_name"],
            phone: try row["phone"],
            ownerName: try row["owner_name"],
            campaign: try row["campaign"],
            message: try row["message"],
            need: try need?.decode(),
            gradeWhy: try gradeWhy.decode(),
            ownerWhy: try ownerWhy.decode(),
            dealID: try row["deal_id"],
            dealStage: try row["deal_stage"],
            dealOutcome: try row["deal_outcome"],
            discardReason: try row["discard_reason"],
            discardNote: try row["discard_note"]
        )
    }
}
