import Contracts
import Foundation
import Postgres

/// The SQL of the events that a projection is built from, brought together from several journals.
///
/// Within a journal they keep its order; between journals they go by the time at which they happened.
struct ToldEventsStore: Sendable {
    /// Who is not remembered any more by the inbox, which keeps 30 days, has been handled.
    private static let remembered: SQL = "now() - interval '29 days'"

    /// An event on its way there.
    struct Told: Sendable {
        let envelope: Envelope
        let body: [UInt8]
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func begin() async throws {
        try await tx.execute(
            """
            CREATE TEMPORARY TABLE told_events (
                ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                source  text        NOT NULL,
                id      text        NOT NULL,
                at      timestamptz NOT NULL,
                body    bytea       NOT NULL
            ) ON COMMIT DROP
            """
        )
    }

    func add(_ events: [Told]) async throws {
        guard !events.isEmpty else { return }
        try await tx.execute(
            """
            INSERT INTO told_events (source, id, at, body)
            SELECT source, id, at, body
              FROM unnest(\(events.map(\.envelope.source))::text[], \(events.map(\.envelope.id))::text[],
                          \(events.map(\.envelope.time))::timestamptz[], \(events.map { Bytes($0.body) })::bytea[])
                   WITH ORDINALITY AS t (source, id, at, body, place)
             ORDER BY place
            """
        )
    }

    /// Leaves out what others told and this service has not handled: it will come by itself, or somebody gave it up.
    func dropUnhandled(by service: String, from sources: [String]) async throws {
        try await tx.execute("CREATE INDEX ON told_events (source, id)")
        try await tx.execute("ANALYZE told_events")
        try await tx.execute(
            """
            DELETE FROM told_events t
             WHERE source = ANY(\(sources)::text[])
               AND (EXISTS (SELECT FROM retries r WHERE (r.source, r.message_id) = (t.source, t.id))
                    OR EXISTS (SELECT FROM dead_letters d
                                WHERE (d.source, d.message_id) = (t.source, t.id) AND d.status <> 'replayed')
                    OR t.at > \(Self.remembered)
                       AND NOT EXISTS (SELECT FROM inbox i
                                        WHERE i.inlet = \("\(service).events") AND (i.source, i.message_id) = (t.source, t.id)))
            """
        )
    }

    /// How many events were handled that are not among them: the journals were read before those.
    ///
    /// What was corrected by hand before it was handled stands in no journal as it was.
    func missing(by service: String, of names: Set<MessageName>, from sources: [String]) async throws -> Int {
        try await tx.first(
            """
            SELECT count(*) AS missing FROM inbox i
             WHERE inlet = \("\(service).events") AND received_at > \(Self.remembered)
               AND source = ANY(\(sources)::text[]) AND name = ANY(\(names.map(\.text).sorted())::text[])
               AND NOT EXISTS (SELECT FROM told_events t WHERE (t.source, t.id) = (i.source, i.message_id))
               AND NOT EXISTS (SELECT FROM retries r WHERE (r.source, r.message_id) = (i.source, i.message_id))
               AND NOT EXISTS (SELECT FROM dead_letters d
                                WHERE d.replayed_as = i.message_id
                                   OR (d.source, d.message_id) = (i.source, i.message_id) AND d.status <> 'replayed')
            """
        ) { try $0["missing"] } ?? 0
    }

    /// Puts them in order; nothing is added afterwards.
    func arrange() async throws {
        try await tx.execute(
            """
            CREATE TEMPORARY TABLE told_in_order ON COMMIT DROP AS
            SELECT row_number() OVER (ORDER BY reached, source, ordinal) AS place, body
              FROM (SELECT *, max(at) OVER (PARTITION BY source ORDER BY ordinal) AS reached FROM told_events) AS t
            """
        )
        try await tx.execute("CREATE UNIQUE INDEX ON told_in_order (place)")
    }

    func next(after place: Int, atMost limit: Int) async throws -> [Received] {
        let bodies = try await tx.all(
            "SELECT body FROM told_in_order WHERE place > \(place) AND place <= \(place + limit) ORDER BY place"
        ) { (try $0["body"] as Bytes).bytes }
        return try bodies.map { Received(envelope: try MessageParts($0).envelope(), body: $0) }
    }
}

/// The SQL of a service's own journal, as it is copied and built from.
struct JournalStore: Sendable {
    /// A journalled event with its place.
    struct Placed: Sendable {
        let position: Int64
        let entry: JournalEntry
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// How many events are not there any more: every event has raised its subject's version by one.
    func dropped() async throws -> Int {
        try await tx.first(
            "SELECT (SELECT coalesce(sum(version), 0)::bigint FROM streams) - (SELECT count(*) FROM journal) AS dropped"
        ) { try $0["dropped"] } ?? 0
    }

    func entries(of names: Set<MessageName>, after position: Int64, atMost limit: Int) async throws -> [Placed] {
        try await placed("name = ANY(\(names.map(\.text).sorted())::text[]) AND position > \(position)", limit)
    }

    /// Everything that was told to others.
    func told(after position: Int64, atMost limit: Int) async throws -> [Placed] {
        let unpublished = Registry.unpublished.map(\.text).sorted()
        return try await placed("name <> ALL(\(unpublished)::text[]) AND position > \(position)", limit)
    }

    func entries(_ range: ClosedRange<Int64>, about subject: String?, atMost limit: Int) async throws -> [Placed] {
        try await placed(
            """
            position BETWEEN \(range.lowerBound) AND \(range.upperBound)
             AND (\(subject)::text IS NULL OR subject = \(subject))
            """,
            limit
        )
    }

    private func placed(_ condition: SQL, _ limit: Int) async throws -> [Placed] {
        try await tx.all(
            """
            SELECT position, id, name, subject, sequence, uid, actor, correlation_id, causation_id, traceparent,
                   occurred_at, data
              FROM journal WHERE \(condition) ORDER BY position LIMIT \(limit)
            """
        ) { row in Placed(position: try row["position"], entry: try JournalEntry(row: row)) }
    }
}
