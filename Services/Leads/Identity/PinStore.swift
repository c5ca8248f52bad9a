import Contracts
import Foundation
import Postgres

/// Somebody has said that two are different people.
struct Pin: Sendable, Equatable {
    let pair: UIDPair
    let by: String
    let at: Date
    /// When, by whom and why it was taken back; nil while it stands.
    var lifted: Lifted?

    struct Lifted: Sendable, Equatable {
        let at: Date
        let by: String
        let reason: String
    }
}

/// The SQL of who has been said to be different people, and of what was taken back of it.
struct PinStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What was said of any of these UIDs, the newest first.
    func of(_ members: some Collection<UID>) async throws -> [Pin] {
        let ids = members.map(\.uuid)
        return try await pins(
            """
            SELECT low, high, actor, pinned_at, lifted_at, lifted_by, lift_reason
              FROM pins WHERE low = ANY(\(ids)::uuid[]) OR high = ANY(\(ids)::uuid[])
             ORDER BY pinned_at DESC, low, high
            """
        )
    }

    /// Takes back what stands between these and those.
    /// - Returns: what that was.
    func lift(
        between some: [UID],
        and others: [UID],
        _ reason: LiftPin.Reason,
        by actor: String,
        now: Date
    ) async throws -> [Pin] {
        let (some, others) = (some.map(\.uuid), others.map(\.uuid))
        return try await pins(
            """
            UPDATE pins SET lifted_at = \(now), lifted_by = \(actor), lift_reason = \(reason.rawValue)
             WHERE lifted_at IS NULL
               AND (low = ANY(\(some)::uuid[]) AND high = ANY(\(others)::uuid[])
                    OR low = ANY(\(others)::uuid[]) AND high = ANY(\(some)::uuid[]))
            RETURNING low, high, actor, pinned_at, lifted_at, lifted_by, lift_reason
            """
        )
    }

    /// Puts pairs up to be looked at again that were decided to be different.
    func reopenReviews(of pairs: [UIDPair]) throws {
        try tx.later(
            """
            UPDATE reviews r SET status = 'open', decided_by = NULL, decided_at = NULL
              FROM unnest(\(pairs.map(\.low.uuid))::uuid[], \(pairs.map(\.high.uuid))::uuid[]) AS p (low, high)
             WHERE r.low = p.low AND r.high = p.high AND r.status = 'different'
            """
        )
    }

    private func pins(_ statement: SQL) async throws -> [Pin] {
        try await tx.all(statement) { row in
            let at: Date? = try row["lifted_at"]
            let by: String? = try row["lifted_by"]
            let reason: String? = try row["lift_reason"]
            let pair = UIDPair(try row["low"], try row["high"])
            var pin = Pin(pair: pair, by: try row["actor"], at: try row["pinned_at"])
            if let at, let by, let reason { pin.lifted = Pin.Lifted(at: at, by: by, reason: reason) }
            return pin
        }
    }
}
