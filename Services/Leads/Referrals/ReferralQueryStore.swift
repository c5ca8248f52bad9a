import Boot
import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// Which referrals a list shows.
struct ReferralFilter: Sendable, Equatable {
    /// Any of them; all where it is empty.
    var states: [Referral.State] = []
    /// Recommended by this person.
    var referrer: UID?
}

/// A referral as lists and pages show it.
struct ReferralView: Sendable {
    let referral: Referral
    /// Who they are now.
    let referrerUID: UID?
    let referredUID: UID
    let referrerName: String?
    let referredName: String?
    let price: Money?
}

/// The SQL of referrals that are only looked at.
struct ReferralQueryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// When the person of a lead had last been in touch with us before it came.
    func lastTouch(before lead: Lead) async throws -> Date? {
        try await tx.first(
            """
            SELECT max(greatest(last_touch_at, contacted_at)) AS last FROM leads
             WHERE uid = \(lead.uid) AND id <> \(lead.id) AND received_at < \(lead.receivedAt)
            """
        ) { try $0["last"] as Date? } ?? nil
    }

    func list(
        _ filter: ReferralFilter,
        _ sight: Sight,
        after: (time: Date, id: UUID)? = nil,
        limit: Int
    ) async throws -> [ReferralView] {
        let page: SQL = after.map { "AND (r.arrived_at, r.id) < (\($0.time), \($0.id))" } ?? ""
        let condition = try await condition(filter, sight)
        return try await views("\(condition) \(page) ORDER BY r.arrived_at DESC, r.id DESC LIMIT \(limit)")
    }

    func find(_ id: ReferralID, _ sight: Sight) async throws -> ReferralView? {
        try await views("r.id = \(id) AND \(Self.scope(sight))").first
    }

    /// By which a person came, the first that counts before others.
    func came(_ members: [UID], _ sight: Sight) async throws -> ReferralView? {
        try await views(
            """
            r.referred = ANY(\(members.map(\.uuid))::uuid[]) AND \(Self.scope(sight))
             ORDER BY r.state = 'blocked', r.arrived_at, r.id LIMIT 1
            """
        ).first
    }

    /// Deals that are won, and those of them that stand behind a referral.
    func share() async throws -> (won: Int, referred: Int) {
        try await tx.first(
            """
            SELECT (SELECT count(*) FROM deal_facts WHERE outcome = 'won') AS won,
                   (SELECT count(*) FROM referrals WHERE state IN ('earned', 'paid')) AS referred
            """
        ) { (try $0["won"], try $0["referred"]) } ?? (0, 0)
    }

    func moves(of id: ReferralID) async throws -> [ReferralMove] {
        try await tx.all(
            "SELECT state, why, actor, moved_at FROM referral_moves WHERE referral_id = \(id) ORDER BY id DESC"
        ) { row in
            ReferralMove(
                state: Referral.State(rawValue: try row["state"]) ?? .blocked,
                why: try (row["why"] as JSONText).decode(),
                actor: try row["actor"],
                at: try row["moved_at"]
            )
        }
    }

    /// Those that a list shows to whoever has this sight, of `referrals r` and, where the sight is limited, `leads l`.
    func condition(_ filter: ReferralFilter, _ sight: Sight) async throws -> SQL {
        var all = Self.scope(sight)
        if !filter.states.isEmpty { all = "\(all) AND r.state = ANY(\(filter.states.map(\.rawValue))::text[])" }
        if let referrer = filter.referrer {
            let members = try await AliasStore(tx).everybody(behind: [referrer]).map(\.uuid)
            all = "\(all) AND r.referrer = ANY(\(members)::uuid[])"
        }
        return all
    }

    /// Whoever sees the lead sees who has recommended us to its person.
    private static func scope(_ sight: Sight) -> SQL {
        sight.rows(
            owners: ["l.owner_id"],
            team: "l.team_id",
            project: "l.project",
            isAfterSales: "l.deal_outcome = 'won'"
        )
    }

    private func views(_ condition: SQL) async throws -> [ReferralView] {
        try await tx.all(
            """
            SELECT \(ReferralStore.columns), coalesce(ra.survivor, r.referrer) AS referrer_now,
                   coalesce(da.survivor, r.referred) AS referred_now, rp.name AS referrer_name, dp.name AS referred_name,
                   d.minor, d.currency
              FROM referrals r
              JOIN leads l ON l.id = r.lead_id
              LEFT JOIN aliases ra ON ra.uid = r.referrer
              LEFT JOIN aliases da ON da.uid = r.referred
              LEFT JOIN persons rp ON rp.uid = coalesce(ra.survivor, r.referrer)
              LEFT JOIN persons dp ON dp.uid = coalesce(da.survivor, r.referred)
              LEFT JOIN deal_facts d ON d.deal_id = r.deal_id
             WHERE \(condition)
            """
        ) { row in
            let minor: Int64? = try row["minor"]
            let currency: String? = try row["currency"]
            return ReferralView(
                referral: try Referral(row: row),
                referrerUID: try row["referrer_now"],
                referredUID: try row["referred_now"],
                referrerName: try row["referrer_name"],
                referredName: try row["referred_name"],
                price: minor.flatMap { minor in currency.map { Money(minor: minor, currency: $0) } }
            )
        }
    }
}

/// A state that a referral came to.
struct ReferralMove: Sendable {
    let state: Referral.State
    let why: Contracts.Why
    let actor: String
    let at: Date
}
