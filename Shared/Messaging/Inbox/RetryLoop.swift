import AMQP
import Contracts
import Foundation
import Logging
import Postgres
public import ServiceLifecycle
import Traces

/// Handles parked messages again when their time has come, per order key in the order in which they arrived.
public struct RetryLoop<Source: Inlet>: Service {
    private let inlet: Source
    private let spine: Spine
    /// Poked when a message was parked or is to be handled again.
    private let signal: Signal

    public init(_ inlet: Source, _ spine: Spine) {
        self.inlet = inlet
        self.spine = spine
        signal = spine.retrySignals[inlet.queue]
    }

    public func run() async throws {
        await untilShutdown(waking: signal) {
            do {
                while try await handleNext() {}
                let pause = try await spine.read { tx in try await RetryStore(tx).secondsToNext(inlet: inlet.queue) }
                await signal.wait(atMost: .seconds(min(5, max(0.01, pause ?? 5))))
            } catch {
                spine.logger.error(
                    "retries: could not go on",
                    metadata: ["inlet": "\(inlet.queue)", "error": "\(error)"]
                )
                await signal.wait(atMost: .seconds(1))
            }
        }
    }

    /// Handles the next message that is due, if there is one; says whether there was.
    func handleNext() async throws -> Bool {
        guard let next = try await due() else { return false }
        do {
            try await spine.perform(.system) { work in
                // Another replica may have been faster.
                guard let parked = try await RetryStore(work.tx).take(next) else { return }
                let message = try inlet.open(parked.delivery)
                if let trace = BatchTrace(inlet, [message]) {
                    try await trace.run { try await inlet.handle($0, work) }
                } else {
                    try await inlet.handle([message], work)
                }
                try await RetryStore(work.tx).remove(parked.id)
                Failpoint.hit("retry.before-commit")
            }
            Failpoint.hit("retry.after-commit")
        } catch {
            try await settle(next, after: error)
        }
        return true
    }

    private func due() async throws -> Int64? {
        try await spine.read { tx in try await RetryStore(tx).nextDue(inlet: inlet.queue) }
    }

    private func settle(_ id: Int64, after error: any Error) async throws {
        try await spine.perform(.system) { work in
            let store = RetryStore(work.tx)
            guard let parked = try await store.take(id) else { return }
            switch Settlement.of(error, attempt: parked.attempts + 1) {
            case .waitForRecovery: throw error
            case .retry(let delay): try await store.postpone(id, by: delay, error: "\(error)")
            case .dead(let reason, let detail, let field):
                try await store.remove(id)
                try await InboxStore(work.tx).bury(
                    NewDeadLetter(
                        inlet: inlet.queue,
                        source: parked.source,
                        messageID: parked.messageID,
                        name: parked.name,
                        orderKeys: parked.orderKeys,
                        delivery: parked.delivery,
                        reason: reason,
                        detail: detail,
                        field: field,
                        attempts: parked.attempts + 1
                    )
                )
                work.afterCommit { DeadLetterMetrics.count(inlet: inlet.queue, reason: reason) }
            }
        }
    }
}

/// The SQL of the retry loop.
struct RetryStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    struct Parked: Sendable {
        let id: Int64
        let source: String
        let messageID: String
        let name: String?
        let orderKeys: [String]
        let attempts: Int
        let delivery: Delivery
    }

    /// The oldest message that is due and has none of its order keys in an older one.
    func nextDue(inlet: String) async throws -> Int64? {
        try await tx.first(
            """
            SELECT id
              FROM retries r
             WHERE inlet = \(inlet) AND next_at <= clock_timestamp()
               AND NOT EXISTS (SELECT 1 FROM retries older
                                WHERE older.inlet = r.inlet AND older.id < r.id AND older.order_keys && r.order_keys)
             ORDER BY id
             LIMIT 1
            """
        ) { try $0["id"] }
    }

    /// Seconds until some message is due; nil when none is parked.
    func secondsToNext(inlet: String) async throws -> Double? {
        let seconds: Double?? = try await tx.first(
            """
            SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8 AS seconds
              FROM retries r
             WHERE inlet = \(inlet)
               AND NOT EXISTS (SELECT 1 FROM retries older
                                WHERE older.inlet = r.inlet AND older.id < r.id AND older.order_keys && r.order_keys)
            """
        ) { try $0["seconds"] }
        return seconds ?? nil
    }

    /// Reads and locks a parked message; nil when it is gone or in somebody else's hands.
    func take(_ id: Int64) async throws -> Parked? {
        try await tx.first(
            """
            SELECT id, source, message_id, name, order_keys, exchange, routing_key, properties, body,
                   attempts::bigint AS attempts
              FROM retries
             WHERE id = \(id)
               FOR UPDATE SKIP LOCKED
            """
        ) { row in
            let properties: JSONText = try row["properties"]
            let body: Bytes = try row["body"]
            return Parked(
                id: try row["id"],
                source: try row["source"],
                messageID: try row["message_id"],
                name: try row["name"],
                orderKeys: try row["order_keys"],
                attempts: try row["attempts"],
                delivery: Delivery(
                    again: body.bytes,
                    try properties.decode(),
                    exchange: try row["exchange"],
                    routingKey: try row["routing_key"]
                )
            )
        }
    }

    func remove(_ id: Int64) async throws {
        try await tx.execute("DELETE FROM retries WHERE id = \(id)")
    }

    func postpone(_ id: Int64, by delay: Duration, error: String) async throws {
        try await tx.execute(
            """
            UPDATE retries
               SET attempts = attempts + 1, error = \(error.withoutNUL), last_at = clock_timestamp(),
                   next_at = clock_timestamp() + make_interval(secs => \(delay.seconds))
             WHERE id = \(id)
            """
        )
    }
}
