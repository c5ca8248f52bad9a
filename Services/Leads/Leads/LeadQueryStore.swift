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
    /// Who of ours has last said what is wanted, and when; nil where an enquiry has.
    let needSetBy: StaffID?
    let needSetAt: Date?
    let gradeWhy: Contracts.Why
    let ownerWhy: Contracts.Why
    /// How probable it is that its deal is won; nil while nothing is said of it.
    let percent: Int?
    let dealID: DealID?
    let dealStage: String?
    let dealOutcome: String?
    /// Sales has a deal with the person that has not come to an end, from this lead or another.
    let hasDeal: Bool
    /// When somebody is to call next, and what about; nil while nothing is to follow.
    let nextAt: Date?
    let nextNote: String?
    let nextWhy: Contracts.Why?
    let discardReason: String?
    let discardNote: String?

    /// What decides who sees it.
    var belonging: Belonging { lead.belonging(isSold: dealOutcome == "won") }

    /// Whether something is to follow: the lead is open, or its deal is.
    var isFollowed: Bool { lead.status.isOpen || lead.status == .converted && dealOutcome == nil && hasDeal }

    /// By when somebody has to call: for the first time, or as is to follow.
    var callBy: Date? {
        switch lead.status {
        case .open: lead.responseDueAt
        case .contacted: nextAt
        case .converted, .discarded, .merged: nil
        }
    }
}

/// The SQL of leads that are only looked at.
struct LeadQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What nobody has answered yet: what is longest overdue first.
    func unanswered(_ sight: Sight, limit: Int) async throws -> [LeadView] {
        try await views(
            "l.status = 'open' AND \(LeadQueryStore.scope(sight)) ORDER BY l.response_due_at, l.id LIMIT \(limit)"
        )
    }

    /// How many leads there are for a filter; of more than `most`, one more than that.
    func count(_ filter: LeadFilter, _ sight: Sight, atMost most: Int) async throws -> Int {
        var conditions: [SQL] = [LeadQueryStore.scope(sight)]
        if let owner = filter.owner { conditions.append("l.owner_id = \(owner) AND l.status IN ('open', 'contacted')") }
        if filter.isInPool { conditions.append("l.pool IS NOT NULL AND l.status IN ('open', 'contacted')") }
        if let now = filter.overdueAt { conditions.append("l.status = 'open' AND l.response_due_at < \(now)") }
        return try await tx.first(
            """
            SELECT count(*) AS count
              FROM (SELECT FROM leads l WHERE \(SQL.all(conditions)) LIMIT \(most + 1)) AS counted
            """
        ) { try $0["count"] } ?? 0
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

    /// The leads of a condition, which may name the lead `l`, the person `p`, the owner `s` and what is said of the lead, `r`.
    func views(_ condition: SQL) async throws -> [LeadView] {
        try await tx.all(
            """
            SELECT l.id, l.uid, l.status, l.grade, l.channel, l.project, l.district, l.owner_id, l.team_id, l.pool,
                   l.owners, l.touches::bigint AS touches, l.attempts::bigint AS attempts, l.response_step,
                   l.response_due_at, l.contacted_at, l.received_at, l.campaign, l.message, l.need, l.need_set_by, l.need_set_at, l.grade_why,
                   l.owner_why, l.next_at, l.next_note, l.next_why, l.deal_id, l.deal_stage, l.deal_outcome, l.discard_reason, l.discard_note, p.name AS person_name,
                   s.name AS owner_name, r.percent,
                   (SELECT i.value FROM identifiers i WHERE i.uid = l.uid AND i.kind = 'phone'
                     ORDER BY i.created_at, i.value LIMIT 1) AS phone,
                   EXISTS (SELECT FROM deal_facts d
                            WHERE d.outcome = 'open'
                              AND d.origin = ANY(ARRAY(SELECT a.uid FROM aliases a WHERE a.survivor = l.uid) || l.uid)
                          ) AS has_deal
              FROM leads l
              JOIN persons p ON p.uid = l.uid
              LEFT JOIN staff s ON s.id = l.owner_id
              LEFT JOIN lead_scores r ON r.lead_id = l.id AND l.status IN ('open', 'contacted')
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
        let nextWhy: JSONText? = try row["next_why"]
        self.init(
            lead: try Lead(row: row),
            personName: try row["person_name"],
            phone: try row["phone"],
            ownerName: try row["owner_name"],
            campaign: try row["campaign"],
            message: try row["message"],
            need: try need?.decode(),
            needSetBy: try row["need_set_by"],
            needSetAt: try row["need_set_at"],
            gradeWhy: try gradeWhy.decode(),
            ownerWhy: try ownerWhy.decode(),
            percent: try row["percent"],
            dealID: try row["deal_id"],
            dealStage: try row["deal_stage"],
            dealOutcome: try row["deal_outcome"],
            hasDeal: try row["has_deal"],
            nextAt: try row["next_at"],
            nextNote: try row["next_note"],
            nextWhy: try nextWhy?.decode(),
            discardReason: try row["discard_reason"],
            discardNote: try row["discard_note"]
        )
    }
}
