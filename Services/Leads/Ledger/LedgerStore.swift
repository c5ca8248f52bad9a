import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of the intake ledger.
struct LedgerStore: Sendable {
    /// Of a larger body only the beginning is kept; it was rejected for its size.
    static let keptBytes = JSONShape.sizeLimit

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The rows that are there under these keys.
    func known(_ keys: Set<LedgerKey>) async throws -> [KnownSubmission] {
        let keys = Array(keys)
        return try await tx.all(
            """
            SELECT s.id, s.channel, s.submission_key, s.digest, s.outcome IN ('accepted', 'merged') AS is_effective
              FROM unnest(\(keys.map(\.channel))::text[], \(keys.map(\.key))::text[]) AS t (channel, key)
              JOIN submissions s ON s.channel = t.channel AND s.submission_key = t.key
            """
        ) { row in
            KnownSubmission(
                id: try row["id"],
                key: LedgerKey(channel: try row["channel"], key: try row["submission_key"]),
                digest: try row["digest"],
                isEffective: try row["is_effective"]
            )
        }
    }

    /// Another replica has filed the same submission meanwhile, and what was decided here is of no use: run again, the
    /// batch finds it.
    static let lostRace = PostgresError(
        sqlState: "40001",
        message: "another replica has just filed the same submission"
    )

    /// Counts deliveries of rows that are there already.
    func count(_ repeats: [UUID: Int], now: Date) async throws {
        guard !repeats.isEmpty else { return }
        let sorted = repeats.sorted { $0.key < $1.key }
        try tx.later(
            """
            UPDATE submissions s
               SET deliveries = s.deliveries + t.more, last_at = \(now)
              FROM unnest(\(sorted.map(\.key))::uuid[], \(sorted.map(\.value))::bigint[]) AS t (id, more)
             WHERE s.id = t.id
            """
        )
    }

    /// Adds rows.
    /// - Throws: a lost race when another replica has just added one of them: the batch is then run again and finds it.
    func insert(_ entries: [LedgerEntry], now: Date) async throws {
        guard !entries.isEmpty else { return }
        // Rows that are referred to go in before those that refer to them; else the order keeps replicas from deadlock.
        let sorted = entries.map { (order: $0.insertionOrder, entry: $0) }.sorted { $0.order < $1.order }.map(\.entry)
        var chains = try await LedgerChainStore(tx).locked(Set(sorted.map(\.submission.channel)))
        let links = sorted.map { chains.append(LedgerFacts($0, at: now)) }
        let results = try await tx.pipeline([
            try LedgerStore.adding(sorted, links, now: now), LedgerChainStore.moving(chains),
        ])
        let added = results[0].count
        guard added == entries.count else { throw LedgerStore.lostRace }
    }
}

extension LedgerStore {
    private static func adding(_ sorted: [LedgerEntry], _ links: [LedgerChains.Link], now: Date) throws -> SQL {
        let received = sorted.map(\.submission.received)
        return """
            INSERT INTO submissions (id, channel, submission_key, digest, transport, broker_user, external_id, campaign,
                                     outcome, reason, field, detail, notes, lead_id, uid, duplicate_of, received_at,
                                     last_at, body, body_size, sequence, content, link)
            SELECT id, channel, key, digest, transport, broker_user, external_id, campaign, outcome, reason, field,
                   detail, notes, lead_id, uid, duplicate_of, \(now), \(now), body, size, sequence, content, link
              FROM unnest(\(received.map(\.id))::uuid[], \(sorted.map(\.submission.channel))::text[],
                          \(sorted.map(\.submission.key))::text[], \(received.map(\.digest))::text[],
                          \(received.map(\.transport.rawValue))::text[], \(received.map(\.brokerUser))::text[],
                          \(sorted.map(\.submission.externalID))::text[],
                          \(sorted.map { $0.submission.enquiry?.campaign })::text[],
                          \(sorted.map(\.outcome.name))::text[], \(sorted.map(\.reason?.code))::text[],
                          \(sorted.map { $0.reason?.field })::text[], \(sorted.map(\.reason?.message))::text[],
                          \(try sorted.map { try JSONText(wire: $0.submission.enquiry?.notes ?? []) })::jsonb[],
                          \(sorted.map { $0.outcome.lead?.uuid })::uuid[], \(sorted.map { $0.outcome.uid?.uuid })::uuid[],
                          \(sorted.map(\.duplicateOf))::uuid[],
                          \(received.map { Bytes(Array($0.body.prefix(LedgerStore.keptBytes))) })::bytea[],
                          \(received.map(\.body.count))::bigint[], \(links.map(\.sequence))::bigint[],
                          \(links.map { Bytes($0.content) })::bytea[], \(links.map { Bytes($0.link) })::bytea[])
                   WITH ORDINALITY
                   AS t (id, channel, key, digest, transport, broker_user, external_id, campaign, outcome, reason,
                         field, detail, notes, lead_id, uid, duplicate_of, body, size, sequence, content, link, position)
             ORDER BY position
            ON CONFLICT DO NOTHING
            RETURNING sequence
            """
    }
}

extension LedgerEntry {
    var reason: (code: String, field: String?, message: String)? {
        guard case .rejected(let code, let field, let detail) = outcome else { return nil }
        return (code, field, detail)
    }

    var duplicateOf: UUID? {
        guard case .duplicate(let first) = outcome else { return nil }
        return first
    }

    fileprivate var insertionOrder: InsertionOrder {
        InsertionOrder(
            isReference: duplicateOf != nil,
            channel: submission.channel,
            key: submission.key,
            digest: submission.received.digest
        )
    }
}

private struct InsertionOrder: Comparable {
    let isReference: Bool
    let channel: String
    let key: String
    let digest: String

    static func < (left: InsertionOrder, right: InsertionOrder) -> Bool {
        if left.isReference != right.isReference { return !left.isReference }
        return (left.channel, left.key, left.digest) < (right.channel, right.key, right.digest)
    }
}
