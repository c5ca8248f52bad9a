import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of the review queue.
struct ReviewStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds pairs; one that was ever looked at stays decided.
    /// - Returns: how many are new.
    @discardableResult
    func insert(_ reviews: [Review]) async throws -> Int {
        guard !reviews.isEmpty else { return 0 }
        let sorted = reviews.sorted { ($0.pair.low, $0.pair.high) < ($1.pair.low, $1.pair.high) }
        return try await tx.execute(
            """
            INSERT INTO reviews (id, low, high, why, submission_id, found_at)
            SELECT id, low, high, why, submission, found
              FROM unnest(\(sorted.map(\.id))::uuid[], \(sorted.map(\.pair.low.uuid))::uuid[],
                          \(sorted.map(\.pair.high.uuid))::uuid[], \(try sorted.map { try JSONText(wire: $0.why) })::jsonb[],
                          \(sorted.map(\.submissionID))::uuid[], \(sorted.map(\.foundAt))::timestamptz[])
                   AS t (id, low, high, why, submission, found)
            ON CONFLICT DO NOTHING
            """
        )
    }

    func find(_ id: UUID) async throws -> Review? { try await reviews("WHERE id = \(id)").first }

    func locked(_ id: UUID) async throws -> Review? { try await reviews("WHERE id = \(id) FOR UPDATE").first }

    /// What waits to be looked at: what was put off last, else the newest first.
    ///
    /// With a sight, only where somebody sees a lead of either.
    func waiting(_ sight: Sight? = nil, after: (time: Date, id: UUID)? = nil, limit: Int) async throws -> [Review] {
        let rest: SQL = after.map { "AND (found_at, id) < (\($0.time), \($0.id))" } ?? ""
        let seen: SQL =
            sight.flatMap { $0.extent == .all ? nil : $0 }.map { sight in
                """
                AND EXISTS (SELECT FROM leads l
                             WHERE l.uid IN (low, high, (SELECT survivor FROM aliases WHERE uid = low),
                                             (SELECT survivor FROM aliases WHERE uid = high))
                               AND \(LeadQueryStore.scope(sight)))
                """
            } ?? ""
        return try await reviews(
            "WHERE status IN ('open', 'later') \(rest) \(seen) ORDER BY found_at DESC, id DESC LIMIT \(limit)"
        )
    }

    /// What waits to be looked at about any of these.
    func waiting(of uids: some Collection<UID>) async throws -> [Review] {
        let ids = uids.map(\.uuid)
        return try await reviews(
            """
            WHERE status IN ('open', 'later') AND (low = ANY(\(ids)::uuid[]) OR high = ANY(\(ids)::uuid[]))
            ORDER BY found_at DESC, id DESC LIMIT 20
            """
        )
    }

    /// The same, however many there are.
    func everyWaiting(of uids: some Collection<UID>) async throws -> [Review] {
        let ids = uids.map(\.uuid)
        return try await reviews(
            "WHERE status IN ('open', 'later') AND (low = ANY(\(ids)::uuid[]) OR high = ANY(\(ids)::uuid[])) ORDER BY id"
        )
    }

    /// Which of these persons wait to be looked at together, themselves or by a UID that is theirs now.
    func waitingPairs(among persons: some Collection<UID>) async throws -> Set<UIDPair> {
        let ids = persons.map(\.uuid)
        let pairs = try await tx.all(
            """
            WITH sides AS (
                SELECT uid, uid AS person FROM unnest(\(ids)::uuid[]) AS t (uid)
                 UNION ALL
                SELECT uid, survivor FROM aliases WHERE survivor = ANY(\(ids)::uuid[])
            )
            SELECT DISTINCT l.person AS one, h.person AS other
              FROM sides l JOIN reviews r ON r.low = l.uid JOIN sides h ON h.uid = r.high
             WHERE l.person <> h.person AND r.status IN ('open', 'later')
            """
        ) { UIDPair(try $0["one"], try $0["other"]) }
        return Set(pairs)
    }

    /// Who may be the same person as this one, and what they are called.
    func doubles(of uid: UID) async throws -> [(review: Review, name: String?)] {
        let members = try await AliasStore(tx).tree(of: [uid]).members(of: uid)
        let reviews = try await waiting(of: members)
        let others = reviews.map { members.contains($0.pair.low) ? $0.pair.high : $0.pair.low }
        let names = try await PersonStore(tx).names(of: others)
        return zip(reviews, others).map { ($0, names[$1]) }
    }

    func decide(_ id: UUID, _ status: Review.Status, by actor: String, now: Date) throws {
        try tx.later(
            """
            UPDATE reviews SET status = \(status.rawValue), decided_by = \(actor), decided_at = \(now) WHERE id = \(id)
            """
        )
    }

    /// What no longer has to be looked at because both are one person now.
    func settle(_ members: [UID]) throws {
        let ids = members.map(\.uuid)
        try tx.later(
            """
            UPDATE reviews SET status = 'settled'
             WHERE status IN ('open', 'later') AND low = ANY(\(ids)::uuid[]) AND high = ANY(\(ids)::uuid[])
            """
        )
    }

    /// Takes pairs off the queue that nothing speaks for any more; nobody has looked at them.
    func remove(_ ids: [UUID]) throws {
        try tx.later("DELETE FROM reviews WHERE status IN ('open', 'later') AND id = ANY(\(ids)::uuid[])")
    }

    /// What has to be looked at again because these are no longer one person with those.
    func reopen(between some: [UID], and others: [UID]) throws {
        let (some, others) = (some.map(\.uuid), others.map(\.uuid))
        try tx.later(
            """
            UPDATE reviews SET status = 'open', decided_by = NULL, decided_at = NULL
             WHERE status IN ('settled', 'merged')
               AND (low = ANY(\(some)::uuid[]) AND high = ANY(\(others)::uuid[])
                    OR low = ANY(\(others)::uuid[]) AND high = ANY(\(some)::uuid[]))
            """
        )
    }

    /// What is said of these two is decided, wherever it stands in the queue.
    func markDifferent(_ pair: UIDPair, by actor: String, now: Date) throws {
        try tx.later(
            """
            UPDATE reviews SET status = 'different', decided_by = \(actor), decided_at = \(now)
             WHERE low = \(pair.low) AND high = \(pair.high)
            """
        )
    }

    private func reviews(_ rest: SQL) async throws -> [Review] {
        try await tx.all(
            """
            SELECT id, low, high, status, why, submission_id, found_at, decided_by, decided_at FROM reviews \(rest)
            """
        ) { row in
            let why: JSONText = try row["why"]
            return Review(
                id: try row["id"],
                UIDPair(try row["low"], try row["high"]),
                status: Review.Status(rawValue: try row["status"]) ?? .open,
                why: try why.decode(),
                submissionID: try row["submission_id"],
                foundAt: try row["found_at"],
                decidedBy: try row["decided_by"],
                decidedAt: try row["decided_at"]
            )
        }
    }
}
