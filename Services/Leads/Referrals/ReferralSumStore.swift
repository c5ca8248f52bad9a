import Boot
import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// So many referrals of one state promise the same.
struct ReferralTotal: Sendable, Equatable {
    let state: Referral.State
    /// It was paid, whether it is owed or not.
    let isPaid: Bool
    /// What each of them brings.
    let rewards: [Reward]
    let count: Int
}

/// What the referrals that somebody sees come to.
struct ReferralTotals: Sendable {
    let all: [ReferralTotal]
    /// Nil for now.
    var countedAt: Date?

    /// How many there are in each state.
    var byState: [Referral.State: Int] { Dictionary(all.map { ($0.state, $0.count) }, uniquingKeysWith: +) }
}

/// The SQL of sums over referrals: with few they are taken when somebody asks, with very many beside.
struct ReferralSumStore: Sendable {
    /// Of so many referrals nobody waits for the lead of each.
    static let summedLiveUpTo = 10_000

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// How many somebody sees in each state, and what they bring: owed, paid, to be had back.
    ///
    /// Those of one referrer are counted now, whatever the number of all is.
    func totals(_ filter: ReferralFilter, _ sight: Sight) async throws -> ReferralTotals {
        if filter == ReferralFilter(), let countedAt = try await keptAt() {
            return ReferralTotals(all: try await kept(sight), countedAt: countedAt)
        }
        let condition = try await ReferralQueryStore(tx).condition(filter, sight)
        // Whoever sees everything asks for no lead.
        let leads: SQL = sight.extent == .all ? "" : "JOIN leads l ON l.id = r.lead_id"
        return ReferralTotals(
            all: try await totals(
                """
                SELECT r.state, r.paid_at IS NOT NULL AS is_paid, r.rewards, count(*) AS count
                  FROM referrals r \(leads) WHERE \(condition) GROUP BY 1, 2, 3
                """
            )
        )
    }

    /// Takes the sums anew where there are more referrals than `few`.
    /// - Returns: how many there are.
    func keep(above few: Int = summedLiveUpTo) async throws -> Int {
        let count = try await tx.first("SELECT count(*) AS count FROM referrals") { try $0["count"] as Int } ?? 0
        try tx.later("DELETE FROM referral_sums")
        guard count > few else { return count }
        try tx.later(
            """
            INSERT INTO referral_sums (place, owner_id, team_id, project, is_won, state, is_paid, rewards, count)
            SELECT row_number() OVER (ORDER BY s.owner_id, s.team_id, s.project, s.is_won, s.state, s.is_paid, s.rewards), s.*
              FROM (SELECT l.owner_id, l.team_id, l.project, l.deal_outcome IS NOT DISTINCT FROM 'won' AS is_won,
                           r.state, r.paid_at IS NOT NULL AS is_paid, r.rewards, count(*) AS count
                      FROM referrals r JOIN leads l ON l.id = r.lead_id GROUP BY 1, 2, 3, 4, 5, 6, 7) AS s
            """
        )
        return count
    }

    /// When the sums were taken that are kept; nil where they are taken for whoever asks.
    private func keptAt() async throws -> Date? {
        try await tx.first(
            """
            SELECT counted_at FROM kept_counts WHERE name = \(KeptCountStore.referrals) AND people > \(Self.summedLiveUpTo)
            """
        ) { try $0["counted_at"] }
    }

    private func kept(_ sight: Sight) async throws -> [ReferralTotal] {
        let scope = sight.rows(
            owners: ["s.owner_id"],
            team: "s.team_id",
            project: "s.project",
            isAfterSales: "s.is_won"
        )
        return try await totals(
            """
            SELECT s.state, s.is_paid, s.rewards, sum(s.count)::bigint AS count
              FROM referral_sums s WHERE \(scope) GROUP BY 1, 2, 3
            """
        )
    }

    private func totals(_ query: SQL) async throws -> [ReferralTotal] {
        try await tx.all(query) { row in
            ReferralTotal(
                state: Referral.State(rawValue: try row["state"]) ?? .blocked,
                isPaid: try row["is_paid"],
                rewards: try (row["rewards"] as JSONText).decode(),
                count: try row["count"]
            )
        }
    }
}
