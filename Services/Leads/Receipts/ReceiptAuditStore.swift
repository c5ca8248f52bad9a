import Foundation
import Messaging
import Postgres

/// The SQL that compares our journal with what others say that they received.
struct ReceiptAuditStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The database's own time.
    func now() async throws -> Date {
        guard let now: Date = try await tx.first("SELECT now() AS now", as: { try $0["now"] }) else {
            throw PostgresError(message: "a database without a clock")
        }
        return now
    }

    /// Every minute and name of which a service says something else than the journal.
    func differing() async throws -> [ReceiptMinute] {
        try await tx.all(
            """
            WITH ids AS (
                SELECT j.name, told_minute(j.id::text) AS minute, id_high(j.id::text) AS high, id_low(j.id::text) AS low,
                       j.recorded_at,
                       EXISTS (SELECT 1 FROM outbox o WHERE o.position = j.position) AS is_unsent
                  FROM journal j
                 WHERE j.name IN (SELECT name FROM receivers_hear)
            ), told AS (
                SELECT minute, name, max(recorded_at) AS stored_at, count(*) AS events,
                       ids_digest(bit_xor(high), bit_xor(low)) AS digest,
                       count(*) FILTER (WHERE is_unsent) AS unsent,
                       ids_digest(bit_xor(high) FILTER (WHERE is_unsent), bit_xor(low) FILTER (WHERE is_unsent))
                           AS unsent_digest
                  FROM ids
                 GROUP BY minute, name
            )
            SELECT h.service, t.name, to_timestamp(t.minute * 60) AS began, t.stored_at, t.events, t.digest, t.unsent,
                   t.unsent_digest, r.events AS received, r.digest AS received_digest, w.newest
              FROM told t
              JOIN receivers_hear h ON h.name = t.name AND h.since <= to_timestamp(t.minute * 60)
              JOIN receivers w ON w.service = h.service
              LEFT JOIN receipts r ON r.service = h.service AND r.minute = t.minute AND r.name = t.name
             WHERE r.digest IS DISTINCT FROM t.digest OR r.events IS DISTINCT FROM t.events
             ORDER BY h.service, t.minute, t.name
            """,
            as: ReceiptMinute.init(row:)
        )
    }

    /// Whether the journal has the event and the broker its confirm.
    func wasSent(_ id: UUID) async throws -> (isTold: Bool, isUnsent: Bool) {
        let found: Bool? = try await tx.first(
            """
            SELECT EXISTS (SELECT 1 FROM outbox o WHERE o.position = j.position) AS is_unsent FROM journal j WHERE id = \(id)
            """
        ) { try $0["is_unsent"] }
        return (found != nil, found ?? false)
    }

    /// What each service says of the whole.
    func receivers() async throws -> [AuditReport.Receiver] {
        try await tx.all(
            """
            SELECT w.service, w.newest, w.waiting, w.dead, w.told_at,
                   coalesce((SELECT sum(events) FROM receipts r WHERE r.service = w.service), 0)::bigint AS received
              FROM receivers w ORDER BY w.service
            """
        ) { row in
            AuditReport.Receiver(
                service: try row["service"],
                received: try row["received"],
                waiting: try row["waiting"],
                dead: try row["dead"],
                toldAt: try row["told_at"],
                newest: try row["newest"]
            )
        }
    }
}

extension ReceiptMinute {
    init(row: Row) throws {
        let unsent: String? = try row["unsent_digest"]
        let received: Int? = try row["received"]
        let receivedDigest: String? = try row["received_digest"]
        self.init(
            service: try row["service"],
            name: try row["name"],
            began: try row["began"],
            storedAt: try row["stored_at"],
            told: Count(events: try row["events"], digest: IDDigest(try row["digest"])),
            unsent: Count(events: try row["unsent"], digest: unsent.map { IDDigest($0) } ?? .none),
            received: received.flatMap { events in
                receivedDigest.map { Count(events: events, digest: IDDigest($0)) }
            },
            newest: try row["newest"]
        )
    }
}
