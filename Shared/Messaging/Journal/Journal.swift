package import Contracts
import Foundation
import Postgres

/// What happened, append-only: the audit trail, the source of replays, and what the relay publishes from.
struct Journal: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Appends events, gives each the next version of its subject, and puts the positions of those that are
    /// published into the outbox.
    ///
    /// One statement: the subjects' streams are bumped first, in order of name so that two batches cannot deadlock, which
    /// locks them; only then do the events get their positions. Per subject the order of positions is therefore the order
    /// of commits.
    func append(_ drafts: [Draft], at now: Date) async throws -> [JournalEntry] {
        let data = try drafts.map { try $0.data() }
        let unpublished = drafts.filter { Registry.unpublished.contains($0.name) }.map(\.id)
        let rows = try await tx.rows(
            """
            WITH input AS (
                SELECT *
                  FROM unnest(\(drafts.map(\.id))::uuid[], \(drafts.map(\.name.text))::text[],
                              \(drafts.map(\.subject))::text[], \(drafts.map { $0.uid?.uuid })::uuid[],
                              \(drafts.map(\.cause.actor))::text[], \(drafts.map(\.cause.correlationID))::text[],
                              \(drafts.map(\.cause.causationID))::text[], \(drafts.map(\.cause.traceparent))::text[],
                              \(data.map { JSONText($0) })::jsonb[])
                    WITH ORDINALITY
                    AS t (id, name, subject, uid, actor, correlation_id, causation_id, traceparent, data, ordinal)
            ), counted AS (
                SELECT subject, count(*) AS events FROM input GROUP BY subject ORDER BY subject
            ), bumped AS (
                INSERT INTO streams (subject, version)
                SELECT subject, events FROM counted ORDER BY subject
                ON CONFLICT (subject) DO UPDATE SET version = streams.version + EXCLUDED.version
                RETURNING subject, version
            ), appended AS (
                INSERT INTO journal (id, name, subject, sequence, uid, actor, correlation_id, causation_id, traceparent,
                                     occurred_at, data)
                SELECT i.id, i.name, i.subject,
                       b.version - c.events + row_number() OVER (PARTITION BY i.subject ORDER BY i.ordinal),
                       i.uid, i.actor, i.correlation_id, i.causation_id, i.traceparent, \(now), i.data
                  FROM input i JOIN counted c USING (subject) JOIN bumped b USING (subject)
                 ORDER BY i.ordinal
                RETURNING position, recorded_at, id, subject, sequence
            ), queued AS (
                INSERT INTO outbox (position, recorded_at, subject)
                SELECT position, recorded_at, subject FROM appended
                 WHERE id <> ALL(\(unpublished)::uuid[]) ORDER BY position
            )
            SELECT id, position, sequence FROM appended
            """
        )
        let places = try Dictionary(
            uniqueKeysWithValues: rows.map { row -> (UUID, JournalEntry.Place) in
                (try row["id"], JournalEntry.Place(position: try row["position"], sequence: try row["sequence"]))
            }
        )
        return zip(drafts, data).map { draft, data in JournalEntry(draft, at: places[draft.id], data: data, now: now) }
    }
}

/// An event in the journal.
package struct JournalEntry: Sendable {
    /// Where it stands: in the journal, and among the events of its subject.
    struct Place {
        let position: Int64
        let sequence: Int64
    }

    package internal(set) var envelope: Envelope
    /// The event's data as JSON.
    let data: String
    /// Where it stands in the journal, as far as that is known.
    var position: Int64?

    init(_ draft: Draft, at place: Place?, data: String, now: Date) {
        envelope = Envelope(
            id: draft.id.wire,
            source: "/lintel/\(draft.name.service)",
            type: draft.name,
            subject: draft.subject,
            time: now,
            sequence: place?.sequence,
            uid: draft.uid,
            actor: draft.cause.actor,
            correlationid: draft.cause.correlationID,
            causationid: draft.cause.causationID,
            traceparent: draft.cause.traceparent
        )
        self.data = data
        position = place?.position
    }

    package init(envelope: Envelope, data: String) {
        self.envelope = envelope
        self.data = data
    }

    /// The message as it goes over the wire.
    var body: [UInt8] { EnvelopeWriter.body(of: envelope, data: data) }

    /// The event as if it had been delivered.
    var received: Received { Received(envelope: envelope, body: body) }
}
