import AMQP
import Contracts
import Foundation
import Postgres

/// An event that the broker does not have yet.
struct OutboxEvent: Sendable {
    let position: Int64
    let subject: String
    let id: String
    let name: String
    let message: Message
}

extension OutboxEvent {
    init(_ entry: JournalEntry, at position: Int64) {
        self.init(
            position: position,
            subject: entry.envelope.subject,
            id: entry.envelope.id,
            name: entry.envelope.type.text,
            message: entry.message
        )
    }
}

/// The SQL of the outbox.
struct OutboxStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What may be published now, in journal order: not what waits behind a failed event of its own subject.
    ///
    /// The content of what was journalled just now is not read back.
    func due(atMost limit: Int, knowing recent: RecentEvents) async throws -> [OutboxEvent] {
        let places = try await tx.all(
            """
            SELECT position, recorded_at
              FROM outbox o
             WHERE available_at <= clock_timestamp()
               AND NOT EXISTS (SELECT 1 FROM outbox head
                                WHERE head.attempts > 0 AND head.subject = o.subject AND head.position < o.position)
             ORDER BY position
             LIMIT \(limit)
            """
        ) { row in Place(position: try row["position"], recordedAt: try row["recorded_at"]) }
        var entries = recent.fetch(places.map(\.position))
        let unknown = places.filter { entries[$0.position] == nil }
        for entry in try await read(unknown) { if let position = entry.position { entries[position] = entry } }
        return places.compactMap { place in entries[place.position].map { OutboxEvent($0, at: place.position) } }
    }

    private struct Place {
        let position: Int64
        let recordedAt: Date
    }

    /// Reads events from the journal.
    ///
    /// Joined with the outbox it would be read from end to end: the planner cannot know how short the outbox is.
    private func read(_ places: [Place]) async throws -> [JournalEntry] {
        guard let first = places.map(\.recordedAt).min(), let last = places.map(\.recordedAt).max() else { return [] }
        return try await tx.all(
            """
            SELECT position, id, name, subject, sequence, uid, actor, correlation_id, causation_id, traceparent,
                   occurred_at, data
              FROM journal
             WHERE position = ANY(\(places.map(\.position))::bigint[])
               AND recorded_at BETWEEN \(first)::timestamptz - interval '1 second'
                                   AND \(last)::timestamptz + interval '1 second'
            """
        ) { row in
            var entry = try JournalEntry(row: row)
            entry.position = try row["position"]
            return entry
        }
    }

    func remove(_ positions: [Int64]) async throws {
        try await tx.execute("DELETE FROM outbox WHERE position = ANY(\(positions)::bigint[])")
    }

    /// Puts an event off: 200 ms, doubled with every failure, a minute at most.
    ///
    /// It is never given up.
    func postpone(_ position: Int64, isUnroutable: Bool, error: String) async throws {
        try await tx.execute(
            """
            UPDATE outbox
               SET attempts = attempts + 1, is_unroutable = \(isUnroutable), last_error = \(error.withoutNUL),
                   available_at = clock_timestamp()
                                + least(interval '1 minute', interval '200 ms' * power(2, least(attempts, 12)))
             WHERE position = \(position)
            """
        )
    }
}

extension JournalEntry {
    /// An event as the journal keeps it.
    init(row: Row) throws {
        let id: UUID = try row["id"]
        let name = MessageName(try row["name"])
        let data: JSONText = try row["data"]
        self.init(
            envelope: Envelope(
                id: id.wire,
                source: "/lintel/\(name.service)",
                type: name,
                subject: try row["subject"],
                time: try row["occurred_at"],
                sequence: try row["sequence"],
                uid: try row["uid"],
                actor: try row["actor"],
                correlationid: try row["correlation_id"],
                causationid: try row["causation_id"],
                traceparent: try row["traceparent"]
            ),
            data: data.text
        )
    }

    /// The event as AMQP carries it.
    ///
    /// What is needed to route, file and drop it is in the properties, so that even a broken body could be filed.
    var message: Message {
        var properties = Properties()
        properties.contentType = Envelope.contentType
        properties.messageID = envelope.id
        properties.type = envelope.type.text
        properties.correlationID = envelope.correlationid
        properties.timestamp = envelope.time
        properties.appID = "lintel-\(envelope.type.service)"
        if let traceparent = envelope.traceparent { properties.headers["traceparent"] = .string(traceparent) }
        return Message(
            exchange: "lintel.events",
            routingKey: envelope.type.routingKey,
            properties: properties,
            body: body
        )
    }
}
