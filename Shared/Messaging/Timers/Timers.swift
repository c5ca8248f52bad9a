import Contracts
public import Foundation
import Postgres

/// The durable timers of a service.
///
/// Each is unique by kind and key, and is set, moved and cancelled in the transaction that wants it.
public struct Timers: Sendable {
    private let tx: Transaction
    private let hooks: CommitHooks

    init(_ tx: Transaction, _ hooks: CommitHooks) {
        self.tx = tx
        self.hooks = hooks
    }

    /// Sets a timer, or moves it if it is set already.
    public func set(
        _ kind: String,
        key: some CustomStringConvertible,
        at due: Date,
        payload: some Encodable = TimerPayload(),
        cause: Cause
    ) async throws {
        try await set([TimerDraft(kind, key: key, at: due, payload: payload, cause: cause)])
    }

    /// Sets or moves many timers in one statement.
    public func set(_ drafts: [TimerDraft]) async throws {
        guard !drafts.isEmpty else { return }
        hooks.wakeTimers(for: drafts)
        try tx.later(
            """
            INSERT INTO timers (kind, key, due_at, payload, correlation_id, makes_way)
            SELECT DISTINCT ON (kind, key) kind, key, due_at, payload, correlation_id, makes_way
              FROM unnest(\(drafts.map(\.kind))::text[], \(drafts.map(\.key))::text[],
                          \(drafts.map(\.due))::timestamptz[], \(drafts.map(\.payload))::jsonb[],
                          \(drafts.map(\.correlationID))::text[], \(drafts.map(\.makesWay))::boolean[])
                WITH ORDINALITY AS t (kind, key, due_at, payload, correlation_id, makes_way, position)
             ORDER BY kind, key, position DESC
            ON CONFLICT (kind, key) DO UPDATE
               SET due_at = EXCLUDED.due_at, payload = EXCLUDED.payload, makes_way = EXCLUDED.makes_way, attempts = 0,
                   retry_at = NULL, last_error = NULL
            """
        )
    }

    /// Cancels timers that may or may not be set.
    ///
    /// One that is just being fired is left alone: who fires it waits for the matter that the caller has locked, and then
    /// sees that it does not stand any more. If the caller waited in turn, neither would ever go on.
    public func cancel(_ kind: String, keys: [some CustomStringConvertible]) async throws {
        guard !keys.isEmpty else { return }
        try tx.later(
            """
            DELETE FROM timers t
             USING (SELECT key FROM timers
                     WHERE kind = \(kind) AND key = ANY(\(keys.map(\.description))::text[])
                       FOR UPDATE SKIP LOCKED) AS free
             WHERE t.kind = \(kind) AND t.key = free.key
            """
        )
    }

    /// Cancels a timer that may or may not be set.
    public func cancel(_ kind: String, key: some CustomStringConvertible) async throws {
        try await cancel(kind, keys: [key.description])
    }
}

/// A timer that is about to be set.
public struct TimerDraft: Sendable {
    let kind: String
    let key: String
    let due: Date
    let payload: JSONText
    let correlationID: String
    let makesWay: Bool

    /// What `makesWay` waits while there is a ``Rush``: nobody minds whether it happens now or a little later.
    public init(
        _ kind: String,
        key: some CustomStringConvertible,
        at due: Date,
        payload: some Encodable = TimerPayload(),
        makesWay: Bool = false,
        cause: Cause
    ) throws {
        self.kind = kind
        self.makesWay = makesWay
        self.key = key.description
        self.due = due
        self.payload = try JSONText(wire: payload)
        correlationID = cause.correlationID
    }
}

extension TimerDraft {
    var lane: TimerStore.Lane { makesWay ? .aside : .prompt }
}

/// The payload of a timer whose key says it all.
public struct TimerPayload: Codable, Sendable {
    public init() {}
}

/// A timer that is due.
public struct DueTimer: Sendable {
    public let kind: String
    public let key: String
    public let dueAt: Date
    /// What is to be given as the cause of what follows from it.
    public let cause: Cause
    let payload: JSONText

    /// A timer as it is handed to a handler.
    package init(_ kind: String, key: some CustomStringConvertible, dueAt: Date, cause: Cause) {
        self.init(kind, key: key.description, dueAt: dueAt, cause: cause, payload: JSONText("{}"))
    }

    init(_ kind: String, key: String, dueAt: Date, cause: Cause, payload: JSONText) {
        self.kind = kind
        self.key = key
        self.dueAt = dueAt
        self.cause = cause
        self.payload = payload
    }

    /// Who acts when a timer of this kind is due.
    static func actor(of kind: String) -> String { "timer:\(kind)" }

    /// Reads what was stored with it.
    public func payload<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try payload.decode(type)
    }
}

/// What happens when a timer of a kind is due.
///
/// It runs in the transaction that removes the timer, so it happens once. It checks for itself whether the matter still
/// stands, and may set the same timer again.
public struct TimerHandler: Sendable {
    public let kind: String
    let isSetBased: Bool
    let fire: @Sendable ([DueTimer], Work) async throws -> Void

    /// Handles timers one after another, in the order in which they are due.
    public static func on(
        _ kind: String,
        _ fire: @escaping @Sendable (DueTimer, Work) async throws -> Void
    ) -> TimerHandler {
        TimerHandler(kind: kind, isSetBased: false) { timers, work in
            for timer in timers { try await fire(timer, work.following(timer.cause)) }
        }
    }

    /// Handles all timers of the kind that are due at once, some hundreds at most: for promises that are made in great
    /// numbers, with set-based statements.
    ///
    /// `work.cause` names the kind and no more: what follows from a timer follows from that timer's own cause. A batch that
    /// fails is rolled back and fired again one by one, so a timer that is bad harms no other.
    public static func batch(
        _ kind: String,
        _ fire: @escaping @Sendable ([DueTimer], Work) async throws -> Void
    ) -> TimerHandler {
        TimerHandler(kind: kind, isSetBased: true) { timers, work in
            try await fire(timers, work.following(Cause(actor: DueTimer.actor(of: kind))))
        }
    }
}
