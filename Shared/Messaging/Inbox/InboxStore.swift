import AMQP
import Contracts
import Foundation
import Postgres

/// The SQL of inbox, retries, dead letters and crash suspects.
struct InboxStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Notes messages as received and returns the indices of those that were not known, and the order keys that wait
    /// behind a retry.
    func receive<Content>(
        _ messages: [Incoming<Content>],
        inlet: String,
        deduplicates: Bool
    ) async throws -> (fresh: [Int], heldKeys: Set<String>) {
        let keys = Array(Set(messages.flatMap(\.orderKeys)))
        let held: SQL = """
            SELECT DISTINCT key
              FROM retries, unnest(order_keys) AS key
             WHERE inlet = \(inlet) AND order_keys && \(keys)::text[]
            """
        guard deduplicates else {
            let rows = keys.isEmpty ? [] : try await tx.rows(held)
            return (Array(messages.indices), Set(try rows.map { try $0["key"] }))
        }
        // Sorted, so that two replicas which are handed the same messages cannot deadlock.
        let insert: SQL = """
            INSERT INTO inbox (inlet, source, message_id, name)
            SELECT \(inlet), source, message_id, name
              FROM unnest(\(messages.map(\.source))::text[], \(messages.map(\.messageID))::text[],
                          \(messages.map(\.name))::text[])
                AS t (source, message_id, name)
             ORDER BY source, message_id
            ON CONFLICT DO NOTHING
            RETURNING source, message_id
            """
        let results = try await tx.pipeline([insert, held])
        var unseen = Set(try results[0].map { row in Key(source: try row["source"], id: try row["message_id"]) })
        let fresh = messages.indices.filter { index in
            unseen.remove(Key(source: messages[index].source, id: messages[index].messageID)) != nil
        }
        return (fresh, Set(try results[1].map { try $0["key"] }))
    }

    private struct Key: Hashable {
        let source: String
        let id: String
    }

    /// Notes a message as received without asking whether it was.
    func markReceived<Content>(_ message: Incoming<Content>, inlet: String) async throws {
        try await tx.execute(
            """
            INSERT INTO inbox (inlet, source, message_id, name)
            VALUES (\(inlet), \(message.source), \(message.messageID), \(message.name))
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Parks messages to be tried (again) after a delay.
    ///
    /// Those that are parked already stay as they are.
    func park<Content>(
        _ messages: [Incoming<Content>],
        inlet: String,
        attempts: Int,
        after delay: Duration,
        error: String?
    ) async throws {
        for message in messages {
            try await tx.execute(
                """
                INSERT INTO retries (inlet, source, message_id, name, order_keys, exchange, routing_key, properties,
                                     body, attempts, next_at, error)
                VALUES (\(inlet), \(message.source), \(message.messageID), \(message.name), \(message.orderKeys),
                        \(message.delivery.exchange), \(message.delivery.routingKey),
                        \(try JSONText(wire: StoredProperties(message.delivery.properties))),
                        \(Bytes(message.delivery.body)), \(attempts),
                        clock_timestamp() + make_interval(secs => \(delay.seconds)), \(error))
                ON CONFLICT (inlet, source, message_id) DO NOTHING
                """
            )
        }
    }

    /// Files a dead letter, once per message while it waits.
    func bury(_ letter: NewDeadLetter) async throws {
        try await tx.execute(
            """
            INSERT INTO dead_letters (id, inlet, source, message_id, name, order_keys, exchange, routing_key, properties,
                                      body, reason, detail, field, attempts, first_at)
            VALUES (\(UUID.v7()), \(letter.inlet), \(letter.source), \(letter.messageID), \(letter.name),
                    \(letter.orderKeys), \(letter.delivery.exchange), \(letter.delivery.routingKey),
                    \(try JSONText(wire: StoredProperties(letter.delivery.properties))),
                    \(Bytes(letter.delivery.body)), \(letter.reason), \(letter.detail.withoutNUL), \(letter.field),
                    \(letter.attempts), clock_timestamp())
            ON CONFLICT (inlet, source, message_id) WHERE status = 'waiting' DO NOTHING
            """
        )
    }

    /// Counts that the handling of a message has begun once more, and returns how often it has.
    func countStart(of messageID: String, inlet: String) async throws -> Int {
        let starts: Int? = try await tx.first(
            """
            INSERT INTO crash_suspects (inlet, message_id, starts) VALUES (\(inlet), \(messageID), 1)
            ON CONFLICT (inlet, message_id) DO UPDATE SET starts = crash_suspects.starts + 1
            RETURNING starts::bigint AS starts
            """
        ) { try $0["starts"] }
        return starts ?? 1
    }

    /// The message was handled or filed: it did not kill anybody.
    func acquit(_ messageID: String, inlet: String) async throws {
        try await tx.execute("DELETE FROM crash_suspects WHERE inlet = \(inlet) AND message_id = \(messageID)")
    }
}

/// A message on its way to the dead letters.
struct NewDeadLetter: Sendable {
    var inlet: String
    var source: String
    var messageID: String
    var name: String?
    var orderKeys: [String] = []
    var delivery: Delivery
    var reason: String
    var detail: String
    var field: String?
    var attempts: Int
}

extension NewDeadLetter {
    init<Content>(
        _ message: Incoming<Content>,
        inlet: String,
        reason: String,
        detail: String,
        field: String?,
        attempts: Int
    ) {
        self.init(
            inlet: inlet,
            source: message.source,
            messageID: message.messageID,
            name: message.name,
            orderKeys: message.orderKeys,
            delivery: message.delivery,
            reason: reason,
            detail: detail,
            field: field,
            attempts: attempts
        )
    }
}

extension Duration {
    /// As a fraction of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension String {
    /// PostgreSQL cannot store U+0000 in text.
    var withoutNUL: String { contains("\0") ? String(filter { $0 != "\0" }) : self }
}
