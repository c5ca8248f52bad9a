import Contracts
import Failures
public import Foundation
import Postgres

/// A message that nobody could handle.
public struct DeadLetter: Sendable {
    public let id: UUID
    public let inlet: String
    public let messageID: String
    public let name: String?
    public let exchange: String
    public let routingKey: String
    /// The properties and headers as JSON, for people.
    public let properties: String
    public let body: [UInt8]
    /// A stable slug.
    public let reason: String
    public let detail: String
    /// The field at fault, where one is.
    public let field: String?
    public let attempts: Int
    public let diedAt: Date
    /// `waiting`, `replayed` or `discarded`.
    public let status: String
    public let settledBy: String?
    public let note: String?
}

/// What people do with dead letters: look, send again, give up.
public struct DeadLetters: Sendable {
    private let spine: Spine

    public init(_ spine: Spine) { self.spine = spine }

    /// Dead letters, the newest first.
    ///
    /// `status` is `waiting`, `replayed`, `discarded`, or nil for all; `reason` narrows them down to one.
    public func list(status: String? = "waiting", reason: String? = nil, limit: Int = 100) async throws -> [DeadLetter]
    {
        try await spine.read { tx in
            try await tx.all(
                DeadLetters.columns + """
                     WHERE (\(status)::text IS NULL OR status = \(status)) AND (\(reason)::text IS NULL OR reason = \(reason))
                     ORDER BY died_at DESC, id DESC
                     LIMIT \(limit)
                    """,
                as: DeadLetter.init(row:)
            )
        }
    }

    /// How many wait, by inlet and reason.
    public func counts() async throws -> [(inlet: String, reason: String, count: Int)] {
        try await spine.read { tx in
            try await tx.all(
                """
                SELECT inlet, reason, count(*) AS letters
                  FROM dead_letters WHERE status = 'waiting'
                 GROUP BY inlet, reason ORDER BY letters DESC
                """
            ) { (try $0["inlet"], try $0["reason"], try $0["letters"]) }
        }
    }

    /// One dead letter.
    public func show(_ id: UUID) async throws -> DeadLetter {
        let letter = try await spine.read { tx in
            try await tx.first(DeadLetters.columns + " WHERE id = \(id)", as: DeadLetter.init(row:))
        }
        guard let letter else { throw Rejection.notFound("dead-letter", id.wire) }
        return letter
    }

    /// Hands the message to its inlet once more, as it was or with another body; of two who ask at once, one does it.
    public func replay(_ id: UUID, editedBody: [UInt8]? = nil, by actor: String) async throws {
        try await spine.perform(Cause(actor: actor)) { work in
            try await settle(id, as: "replayed", by: actor, note: nil, work)
            let inlet: String? = try await work.tx.first(
                """
                INSERT INTO retries (inlet, source, message_id, name, order_keys, exchange, routing_key, properties, body,
                                     attempts, next_at)
                SELECT inlet, source, message_id, name, order_keys, exchange, routing_key, properties,
                       coalesce(\(editedBody.map { Bytes($0) }), body), 0, clock_timestamp()
                  FROM dead_letters WHERE id = \(id)
                ON CONFLICT (inlet, source, message_id) DO NOTHING
                RETURNING inlet
                """
            ) { try $0["inlet"] }
            if let inlet { work.afterCommit { spine.retrySignals[inlet].poke() } }
        }
    }

    /// Gives the message up, with a note that says why.
    public func discard(_ id: UUID, note: String, by actor: String) async throws {
        guard !note.isEmpty else { throw Rejection.invalid("note", "note-required", "Say why it may be discarded.") }
        try await spine.perform(Cause(actor: actor)) { work in
            try await settle(id, as: "discarded", by: actor, note: note, work)
        }
    }

    private func settle(_ id: UUID, as status: String, by actor: String, note: String?, _ work: Work) async throws {
        let settled = try await work.tx.execute(
            """
            UPDATE dead_letters
               SET status = \(status), settled_at = \(work.now), settled_by = \(actor), note = \(note)
             WHERE id = \(id) AND status = 'waiting'
            """
        )
        guard settled == 1 else {
            throw Rejection(.conflict, "dead-letter-settled", "The dead letter was settled already, or never existed.")
        }
    }

    private static let columns: SQL = """
        SELECT id, inlet, message_id, name, exchange, routing_key, properties, body, reason, detail, field,
               attempts::bigint AS attempts, died_at, status, settled_by, note
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
            settledBy: try row["settled_by"],
            note: try row["note"]
        )
    }
}
