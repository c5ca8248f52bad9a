import AMQP
import Contracts
import Foundation
import Postgres
import Traces

/// An event that the broker does not have yet.
struct OutboxEvent: Sendable {
    let position: Int64
    let subject: String
    /// Its place among the events of its subject.
    let sequence: Int64?
    let id: String
    let name: String
    /// The broker gave it back the last time.
    var wasUnroutable = false
    let message: Message
    /// The span of this attempt to publish it; nil when tracing is off.
    var span: OngoingSpan?
}

extension OutboxEvent {
    init(_ entry: JournalEntry, at position: Int64, wasUnroutable: Bool = false) {
        var entry = entry
        let span = entry.beginPublishing()
        self.init(
            position: position,
            subject: entry.envelope.subject,
            sequence: entry.envelope.sequence,
            id: entry.envelope.id,
            name: entry.envelope.type.text,
            wasUnroutable: wasUnroutable,
            message: entry.message,
            span: span
        )
    }
}

/// The SQL of the outbox.
struct OutboxStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What may be published now, in journal order: not what waits behind a failed event of its own subject.
    ///
    /// Of those that failed before only `again` at once, so that a heap of unroutable events does not hold up the others.
    /// What is `known` is left out, and the content of `entries` is not read back.
    func due(
        atMost limit: Int,
        again: Int = 50,
        except known: Set<Int64>,
        knowing entries: [JournalEntry]
    ) async throws -> [OutboxEvent] {
        let places = try await tx.all(
            """
            (SELECT position, recorded_at, is_unroutable
               FROM outbox o
              WHERE attempts = 0
                AND NOT EXISTS (SELECT 1 FROM outbox head
                                 WHERE head.attempts > 0 AND head.subject = o.subject AND head.position < o.position)
              ORDER BY position
              LIMIT \(limit + known.count))
            UNION ALL
            (SELECT position, recorded_at, is_unroutable
               FROM outbox o
              WHERE attempts > 0 AND available_at <= clock_timestamp()
                AND NOT EXISTS (SELECT 1 FROM outbox head
                                 WHERE head.attempts > 0 AND head.subject = o.subject AND head.position < o.position)
              ORDER BY position
              LIMIT \(again))
            ORDER BY position
            """
        ) { row in
            Place(
                position: try row["position"],
                recordedAt: try row["recorded_at"],
                wasUnroutable: try row["is_unroutable"]
            )
        }
        let due = places.filter { !known.contains($0.position) }
        var contents: [Int64: JournalEntry] = [:]
        for entry in entries { if let position = entry.position { contents[position] = entry } }
        let unread = due.filter { contents[$0.position] == nil }
        for entry in try await read(unread) { if let position = entry.position { contents[position] = entry } }
        return due.compactMap { place in
            contents[place.position].map {
                OutboxEvent($0, at: place.position, wasUnroutable: place.wasUnroutable)
            }
        }
    }

    private struct Place {
        let position: Int64
        let recordedAt: Date
        let wasUnroutable: Bool
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

    /// Forgets what the broker has and puts off what it did not take.
    ///
    /// When an unroutable event has found a queue, the others may too: they are tried at once.
    func take(_ report: Underway.Report) async throws {
        if !report.confirmed.isEmpty { try remove(report.confirmed) }
        if report.hasFoundRoute { try await hurry(onlyUnroutable: true) }
        if !report.failures.isEmpty { try postpone(report.failures) }
    }

    private func remove(_ positions: [Int64]) throws {
        try tx.later("DELETE FROM outbox WHERE position = ANY(\(positions)::bigint[])")
    }

    /// Puts events off: 200 ms, doubled with every failure, a minute at most.
    ///
    /// They are never given up.
    private func postpone(_ failures: [OutboxFailure]) throws {
        try tx.later(
            """
            UPDATE outbox o
               SET attempts = o.attempts + 1, is_unroutable = f.is_unroutable, last_error = f.error,
                   available_at = clock_timestamp()
                                + least(interval '1 minute', interval '200 ms' * power(2, least(o.attempts, 12)))
              FROM unnest(\(failures.map(\.event.position))::bigint[], \(failures.map(\.isUnroutable))::boolean[],
                          \(failures.map(\.reason.withoutNUL))::text[]) AS f (position, is_unroutable, error)
             WHERE o.position = f.position
            """
        )
    }

    /// Makes what was put off due at once, all of it or only what was returned as unroutable; returns how much that is.
    @discardableResult
    func hurry(onlyUnroutable: Bool) async throws -> Int {
        try await tx.execute(
            """
            UPDATE outbox SET available_at = '-infinity'
             WHERE attempts > 0 AND available_at > clock_timestamp() AND (is_unroutable OR NOT \(onlyUnroutable))
            """
        )
    }
}

/// An event that the broker did not take.
struct OutboxFailure: Sendable {
    let event: OutboxEvent
    /// No queue is bound to it.
    let isUnroutable: Bool
    let reason: String
}

extension JournalEntry {
    /// Begins the span of publishing it, and lets what the receivers do follow from that; nil when tracing is off.
    fileprivate mutating func beginPublishing() -> OngoingSpan? {
        guard Traces.isOn else { return nil }
        let parent = envelope.traceparent.flatMap { TraceContext(traceparent: $0) }
        let span = Traces.begin("publish \(envelope.type.text)", .producer, after: parent)
        span?.set("messaging.system", "rabbitmq")
        span?.set("messaging.operation.type", "send")
        span?.set("messaging.destination.name", "lintel.events")
        span?.set("messaging.message.id", envelope.id)
        if let trace = span?.trace { envelope.traceparent = trace.traceparent }
        return span
    }

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
