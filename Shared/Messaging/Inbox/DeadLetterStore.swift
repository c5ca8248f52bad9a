import AMQP
import Contracts
import Foundation
import Postgres

/// The SQL of what people do with dead letters.
struct DeadLetterStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func list(_ selection: DeadLetterSelection, limit: Int) async throws -> [DeadLetter] {
        try await tx.all(
            Self.columns + " WHERE \(Self.condition(selection)) ORDER BY died_at DESC, id DESC LIMIT \(limit)",
            as: DeadLetter.init(row:)
        )
    }

    func find(_ id: UUID) async throws -> DeadLetter? {
        try await tx.first(Self.columns + " WHERE id = \(id)", as: DeadLetter.init(row:))
    }

    func groups() async throws -> [DeadLetterGroup] {
        try await tx.all(
            """
            SELECT reason, name, count(*) AS letters, min(died_at) AS oldest, max(died_at) AS newest
              FROM dead_letters WHERE status = 'waiting'
             GROUP BY reason, name
             ORDER BY newest DESC, reason
            """
        ) { row in
            DeadLetterGroup(
                reason: try row["reason"],
                name: try row["name"],
                count: try row["letters"],
                oldestAt: try row["oldest"],
                newestAt: try row["newest"]
            )
        }
    }

    func count(_ selection: DeadLetterSelection) async throws -> Int {
        try await tx.first("SELECT count(*) AS letters FROM dead_letters WHERE \(Self.condition(selection))") {
            try $0["letters"]
        } ?? 0
    }

    func oldest(_ selection: DeadLetterSelection, limit: Int) async throws -> [UUID] {
        try await tx.all(
            "SELECT id FROM dead_letters WHERE \(Self.condition(selection)) ORDER BY died_at, id LIMIT \(limit)"
        ) { try $0["id"] }
    }

    func history(of id: UUID) async throws -> [DeadLetter] {
        try await tx.all(
            """
            WITH RECURSIVE story (id, inlet, message_id, replayed_as) AS (
                SELECT id, inlet, message_id, replayed_as FROM dead_letters WHERE id = \(id)
                UNION
                SELECT d.id, d.inlet, d.message_id, d.replayed_as
                  FROM dead_letters d
                  JOIN story s ON d.inlet = s.inlet
                   AND (d.message_id = s.message_id OR d.message_id = s.replayed_as OR d.replayed_as = s.message_id)
            )
            """ + Self.columns + " WHERE id IN (SELECT id FROM story) ORDER BY died_at, id LIMIT 50",
            as: DeadLetter.init(row:)
        )
    }

    /// Settles those that wait, and says how many did.
    func settle(_ ids: [UUID], as status: String, at now: Date, by actor: String, note: String?) async throws -> Int {
        try await tx.execute(
            """
            UPDATE dead_letters
               SET status = \(status), settled_at = \(now), settled_by = \(actor), note = \(note)
             WHERE id = ANY(\(ids)::uuid[]) AND status = 'waiting'
            """
        )
    }

    func note(successor: String, of id: UUID) async throws {
        try await tx.execute("UPDATE dead_letters SET replayed_as = \(successor) WHERE id = \(id)")
    }

    /// Notes a message as received; false when it was before.
    ///
    /// A mended one is not counted among those of its name: its sender knows nothing of it.
    func claim(_ reading: InletReader.Reading, inlet: String, isMended: Bool) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO inbox (inlet, source, message_id, name)
            VALUES (\(inlet), \(reading.source), \(reading.messageID), \(isMended ? nil : reading.name))
            ON CONFLICT DO NOTHING
            """
        ) == 1
    }

    /// Gives the letter's own message to the retry loop.
    func handOver(_ id: UUID) async throws {
        try await tx.execute(
            """
            INSERT INTO retries (inlet, source, message_id, name, order_keys, exchange, routing_key, properties, body,
                                 attempts, next_at)
            SELECT inlet, source, message_id, name, order_keys, exchange, routing_key, properties, body, 0,
                   clock_timestamp()
              FROM dead_letters WHERE id = \(id)
            ON CONFLICT (inlet, source, message_id) DO NOTHING
            """
        )
    }

    /// Gives another message to the retry loop.
    func handOver(_ message: Reissue, inlet: String) async throws {
        let reading = message.reading
        try await tx.execute(
            """
            INSERT INTO retries (inlet, source, message_id, name, order_keys, exchange, routing_key, properties, body,
                                 attempts, next_at)
            VALUES (\(inlet), \(reading.source), \(reading.messageID), \(reading.name), \(reading.orderKeys),
                    \(message.delivery.exchange), \(message.delivery.routingKey),
                    \(try JSONText(wire: message.properties)), \(Bytes(message.delivery.body)), 0, clock_timestamp())
            ON CONFLICT (inlet, source, message_id) DO NOTHING
            """
        )
    }

    private static func condition(_ selection: DeadLetterSelection) -> SQL {
        """
        (\(selection.status)::text IS NULL OR status = \(selection.status))
        AND (\(selection.reason)::text IS NULL OR reason = \(selection.reason))
        AND (\(selection.name)::text IS NULL OR coalesce(name, '') = \(selection.name))
        AND (\(selection.until)::timestamptz IS NULL OR died_at <= \(selection.until))
        """
    }

    private static let columns: SQL = """
         SELECT id, inlet, source, message_id, name, exchange, routing_key, properties, body, reason, detail, field,
               attempts::bigint AS attempts, died_at, status, settled_at, settled_by, note, replayed_as
          FROM dead_letters
        """
}

extension DeadLetter {
    init(row: Row) throws {
        let properties: JSONText = try row["properties"]
        let body: Bytes = try row["body"]
        self.init(
            id: try row["id"],
            inlet: try row["inlet"],
            source: try row["source"],
            messageID: try row["message_id"],
            name: try row["name"],
            exchange: try row["exchange"],
            routingKey: try row["routing_key"],
            properties: properties.text,
            body: body.bytes,
            reason: try row["reason"],
            detail: try row["detail"],
            field: try row["field"],
            attempts: try row["attempts"],
            diedAt: try row["died_at"],
            status: try row["status"],
            settledAt: try row["settled_at"],
            settledBy: try row["settled_by"],
            note: try row["note"],
            replayedAs: try row["replayed_as"]
        )
    }
}
