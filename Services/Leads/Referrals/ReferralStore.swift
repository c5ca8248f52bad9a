import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of referrals that changes them; what pages read is in ``ReferralQueryStore``.
struct ReferralStore: Sendable {
    static let columns: SQL = """
        r.id, r.lead_id, r.code, r.referrer, r.referred, r.state, r.objection, r.why, r.rewards,
        r.policy_version::bigint AS policy_version, r.arrived_at, r.expires_at, r.deal_id, r.earned_at, r.paid_at, r.paid_by,
        r.reference
        """

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ id: ReferralID) async throws -> Referral? { try await referrals("WHERE r.id = \(id)").first }

    func ofLead(_ lead: LeadID) async throws -> Referral? { try await referrals("WHERE r.lead_id = \(lead)").first }

    /// Adds what an enquiry has brought; a code that nobody had gives way to one that somebody has.
    func add(_ referral: Referral) async throws {
        try await tx.execute(
            """
            INSERT INTO referrals AS r
                   (id, lead_id, code, referrer, referred, state, objection, why, rewards, policy_version, arrived_at,
                    expires_at)
            VALUES (\(referral.id), \(referral.leadID), \(referral.code), \(referral.referrer), \(referral.referred),
                    \(referral.state.rawValue), \(referral.objection?.rawValue), \(try JSONText(wire: referral.why)),
                    \(try JSONText(wire: referral.rewards)), \(referral.policyVersion)::integer, \(referral.arrivedAt),
                    \(referral.expiresAt))
            ON CONFLICT (lead_id) DO UPDATE
               SET code = EXCLUDED.code, referrer = EXCLUDED.referrer, objection = EXCLUDED.objection,
                   rewards = EXCLUDED.rewards, policy_version = EXCLUDED.policy_version,
                   arrived_at = EXCLUDED.arrived_at, expires_at = EXCLUDED.expires_at
             WHERE r.referrer IS NULL
            """
        )
    }

    /// All referrals of everybody who was referred together with any of these UIDs, or by one of them; locked.
    ///
    /// Locked first and read then, so that what somebody else has just settled or merged is seen.
    func locked(concerning members: [UID]) async throws -> [Referral] {
        let ids = members.map(\.uuid)
        let concerned: [UID] = try await tx.all(
            """
            SELECT DISTINCT referred FROM referrals
             WHERE referred = ANY(\(ids)::uuid[]) OR referrer = ANY(\(ids)::uuid[])
            """
        ) { try $0["referred"] }
        guard !concerned.isEmpty else { return [] }
        let everybody = try await AliasStore(tx).everybody(behind: concerned).map(\.uuid)
        try await tx.execute(
            "SELECT FROM referrals WHERE referred = ANY(\(everybody)::uuid[]) ORDER BY id FOR UPDATE"
        )
        return try await referrals("WHERE r.referred = ANY(\(everybody)::uuid[]) ORDER BY r.id")
    }

    /// What is known around referrals now.
    func facts(of referrals: [Referral]) async throws -> [ReferralID: ReferralFacts] {
        let aliases = AliasStore(tx)
        let now = try await aliases.survivors(
            of: Set(referrals.flatMap { [$0.referrer, $0.referred] }.compactMap(\.self))
        )
        let gone: [UID] = try await tx.all(
            """
            SELECT uid FROM persons
             WHERE uid = ANY(\(referrals.compactMap(\.referrer?.uuid))::uuid[]) AND erased_at IS NOT NULL
            """
        ) { try $0["uid"] }
        let members = try await aliases.everybody(behind: Set(referrals.map(\.referred)))
        let whose = try await aliases.survivors(of: members)
        let deals = Dictionary(grouping: try await DealStore(tx).of(members)) { whose[$0.origin] ?? $0.origin }
        let facts = referrals.map { referral in
            let referred = now[referral.referred] ?? referral.referred
            let won = deals[referred, default: []].first { $0.earns(referral) }
            let facts = ReferralFacts(
                referrer: referral.referrer.map { now[$0] ?? $0 },
                referred: referred,
                isReferrerGone: referral.referrer.map(gone.contains) ?? false,
                won: won.flatMap { deal in deal.wonAt.map { .init(dealID: deal.id, at: $0) } }
            )
            return (referral.id, facts)
        }
        return Dictionary(facts) { first, _ in first }
    }

    /// Writes back what of referrals may change.
    func save(_ referral: Referral) throws {
        try tx.later(
            """
            UPDATE referrals
               SET state = \(referral.state.rawValue), why = \(try JSONText(wire: referral.why)), deal_id = \(referral.dealID),
                   earned_at = \(referral.earnedAt), paid_at = \(referral.paidAt), paid_by = \(referral.paidBy),
                   reference = \(referral.reference)
             WHERE id = \(referral.id)
            """
        )
    }

    /// Whether nothing was said of it yet.
    func isNew(_ id: ReferralID) async throws -> Bool {
        try await tx.first("SELECT 1 AS one FROM referral_moves WHERE referral_id = \(id) LIMIT 1") { _ in false }
            ?? true
    }

    func note(_ referral: Referral, by actor: String, at now: Date) throws {
        try tx.later(
            """
            INSERT INTO referral_moves (referral_id, state, why, actor, moved_at)
            VALUES (\(referral.id), \(referral.state.rawValue), \(try JSONText(wire: referral.why)), \(actor), \(now))
            """
        )
    }

    private func referrals(_ rest: SQL) async throws -> [Referral] {
        try await tx.all("SELECT \(Self.columns) FROM referrals r \(rest)", as: Referral.init(row:))
    }
}

extension DealFact {
    /// Whether it is what somebody was recommended for: won since, or of the very lead.
    fileprivate func earns(_ referral: Referral) -> Bool {
        guard outcome == .won, let wonAt else { return false }
        return leadID == referral.leadID || wonAt >= referral.arrivedAt
    }
}

extension Referral {
    init(row: Row) throws {
        let objection: String? = try row["objection"]
        self.init(
            id: try row["id"],
            leadID: try row["lead_id"],
            code: try row["code"],
            referrer: try row["referrer"],
            referred: try row["referred"],
            state: State(rawValue: try row["state"]) ?? .blocked,
            objection: objection.flatMap(Objection.init(rawValue:)),
            why: try (row["why"] as JSONText).decode(),
            rewards: try (row["rewards"] as JSONText).decode(),
            policyVersion: try row["policy_version"],
            arrivedAt: try row["arrived_at"],
            expiresAt: try row["expires_at"],
            dealID: try row["deal_id"],
            earnedAt: try row["earned_at"],
            paidAt: try row["paid_at"],
            paidBy: try row["paid_by"],
            reference: try row["reference"]
        )
    }
}
