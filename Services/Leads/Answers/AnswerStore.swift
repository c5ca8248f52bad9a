import Contracts
import Foundation
import Messaging
import Postgres

/// What a person wrote back.
struct KeptAnswer: Sendable {
    let channel: String
    let words: String
    let why: Why
    let at: Date
}

/// That messages to a person do not arrive.
struct Unreachable: Sendable {
    /// `sms` or `email`.
    let channel: String
    let since: Date
    let why: Why
}

/// The SQL of what people write back, and of whose numbers do not work.
struct AnswerStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    // MARK: Answers

    /// Keeps an answer; returns whether it is new.
    func add(_ answer: MessageAnswered, lead: LeadID?) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO answers (id, origin, lead_id, channel, words, why, answered_at)
            VALUES (\(answer.answerID), \(answer.uid), \(lead), \(answer.channel), \(answer.text),
                    \(try JSONText(wire: answer.why)), \(answer.receivedAt))
            ON CONFLICT DO NOTHING
            """
        ) > 0
    }

    /// Notes that the person of a lead has answered.
    func note(_ lead: LeadID, at instant: Date) throws {
        try tx.later("UPDATE leads SET answered_at = greatest(answered_at, \(instant)) WHERE id = \(lead)")
    }

    /// What the person of these UIDs wrote last, the newest first.
    func of(_ members: [UID], limit: Int) async throws -> [KeptAnswer] {
        try await tx.all(
            """
            SELECT channel, words, why, answered_at FROM answers
             WHERE origin = ANY(\(members.map(\.uuid))::uuid[]) ORDER BY answered_at DESC, id DESC LIMIT \(limit)
            """
        ) { row in
            KeptAnswer(
                channel: try row["channel"],
                words: try row["words"],
                why: try (row["why"] as JSONText).decode(),
                at: try row["answered_at"]
            )
        }
    }

    // MARK: Numbers that do not work

    func mark(_ told: RecipientUnreachable) throws {
        try tx.later(
            """
            INSERT INTO unreachable (origin, channel, since, why)
            VALUES (\(told.uid), \(told.channel), \(told.since), \(try JSONText(wire: told.why)))
            ON CONFLICT (origin, channel) DO UPDATE SET since = EXCLUDED.since, why = EXCLUDED.why
            """
        )
    }

    func clear(_ told: RecipientReachable) throws {
        try tx.later("DELETE FROM unreachable WHERE origin = \(told.uid) AND channel = \(told.channel)")
    }

    /// By which means the person of these UIDs cannot be reached.
    func unreachable(_ members: [UID]) async throws -> [Unreachable] {
        try await tx.all(
            """
            SELECT DISTINCT ON (channel) channel, since, why FROM unreachable
             WHERE origin = ANY(\(members.map(\.uuid))::uuid[]) ORDER BY channel DESC, since
            """
        ) { row in
            Unreachable(
                channel: try row["channel"],
                since: try row["since"],
                why: try (row["why"] as JSONText).decode()
            )
        }
    }

    // MARK: Erasure

    /// That they answered stays, and when.
    func blank(_ members: [UID]) throws {
        let ids = members.map(\.uuid)
        try tx.later("UPDATE answers SET words = '' WHERE origin = ANY(\(ids)::uuid[])")
        try tx.later("DELETE FROM unreachable WHERE origin = ANY(\(ids)::uuid[])")
    }
}
