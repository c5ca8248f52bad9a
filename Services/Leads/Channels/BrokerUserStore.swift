import Contracts
import Foundation
import Messaging
import Postgres

/// What the broker is to know of a channel's user.
struct BrokerWish: Sendable {
    let channel: String
    let user: String
    /// Nil for a user that is to be taken away.
    let passwordHash: String?
    /// The wish's number: another wish meanwhile has another one.
    let number: Int64
}

/// The SQL of channels' broker users.
struct BrokerUserStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The user is to be made, or is to get this password.
    func want(_ passwordHash: String, of channel: String) async throws {
        try await tx.execute(
            """
            UPDATE channels
               SET broker_state = 'wanted', broker_hash = \(passwordHash), broker_wish = broker_wish + 1,
                   broker_fault = NULL
             WHERE name = \(channel)
            """
        )
    }

    /// The user is to be taken away.
    func unwant(_ channel: String) async throws {
        try await tx.execute(
            """
            UPDATE channels
               SET broker_state = 'unwanted', broker_hash = NULL, broker_wish = broker_wish + 1, broker_fault = NULL
             WHERE name = \(channel)
            """
        )
    }

    /// What is still to be done, or, with `settled`, everything that the broker should know by now.
    func wishes(settled: Bool) async throws -> [BrokerWish] {
        let states = settled ? ["wanted", "unwanted", "made", "removed"] : ["wanted", "unwanted"]
        return try await tx.all(
            """
            SELECT name, broker_user, broker_hash, broker_wish
              FROM channels WHERE broker_state = ANY(\(states)::text[]) ORDER BY name
            """
        ) { row in
            BrokerWish(
                channel: try row["name"],
                user: try row["broker_user"],
                passwordHash: try row["broker_hash"],
                number: try row["broker_wish"]
            )
        }
    }

    /// How carrying a wish out went.
    ///
    /// Where another one was made meanwhile, it may have been overtaken at the broker: it is carried out once more.
    func note(_ wish: BrokerWish, fault: BrokerFault?, at now: Date) async throws {
        let done = wish.passwordHash == nil ? "removed" : "made"
        try await tx.execute(
            """
            UPDATE channels
               SET broker_state = CASE
                       WHEN broker_wish <> \(wish.number) THEN
                           CASE WHEN broker_hash IS NULL THEN 'unwanted' ELSE 'wanted' END
                       WHEN \(fault == nil) THEN \(done)
                       ELSE CASE WHEN broker_hash IS NULL THEN 'unwanted' ELSE 'wanted' END
                   END,
                   broker_fault = \(fault?.description), broker_tried_at = \(now)
             WHERE name = \(wish.channel)
               AND (broker_wish <> \(wish.number) OR broker_state <> \(done) OR \(fault != nil))
            """
        )
    }
}
