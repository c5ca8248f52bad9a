import Contracts
import Foundation
import Messaging
import Postgres

/// The texts that people sent us, and what is known of where they came from.
struct IncomingTextStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Waits until nobody else takes a text of that number, until the end of the transaction: one that is handed over twice
    /// at once is one.
    func lock(_ phone: String) async throws {
        try await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' text from ' || \(phone), 0))"
        )
    }

    /// Whether it is here already; counts that it came again.
    func isRepeated(_ text: IncomingText, at now: Date) async throws -> Bool {
        let same: SQL =
            text.key.map { "key = \($0)" }
                ?? """
                phone = \(text.phone) AND words = \(text.words)
                AND received_at > \(now.addingTimeInterval(-IncomingText.repeatedWithin))
                """
        return try await tx.execute(
            """
            UPDATE incoming_texts SET deliveries = deliveries + 1
             WHERE id = (SELECT id FROM incoming_texts WHERE \(same) ORDER BY received_at DESC LIMIT 1)
            """
        ) > 0
    }

    func keep(_ id: AnswerID, _ text: IncomingText, _ origin: TextOrigin, at now: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO incoming_texts (id, key, phone, words, kind, uids, message_id, why, received_at)
            VALUES (\(id), \(text.key ?? "untold \(id)"), \(text.phone), \(text.words), \(origin.kind.rawValue),
                    \(origin.uids.map(\.uuid))::uuid[], \(origin.message?.id), \(try JSONText(wire: origin.why)), \(now))
            """
        )
    }

    /// What is known of a number; its last message counts if it was sent since then.
    func ground(of phone: String, since: Date) async throws -> TextOrigin.Ground {
        let people: [UID] = try await tx.all(
            """
            SELECT DISTINCT coalesce(a.survivor, c.uid) AS person
              FROM customers c LEFT JOIN aliases a ON a.uid = c.uid
             WHERE c.phone = \(phone) ORDER BY person LIMIT \(TextOrigin.peopleAtMost + 1)
            """
        ) { try $0["person"] }
        let isColleagues = try await tx.first("SELECT 1 FROM staff WHERE is_active AND phone = \(phone)") { _ in true }
        return TextOrigin.Ground(
            last: try await last(to: phone, since: since),
            people: people,
            isColleagues: isColleagues ?? false
        )
    }

    private func last(to phone: String, since: Date) async throws -> SentText? {
        try await tx.first(
            """
            SELECT m.id, m.uid, coalesce(a.survivor, m.uid) AS person, m.template, m.cause_name, m.about
              FROM messages m LEFT JOIN aliases a ON a.uid = m.uid
             WHERE m.address = \(phone) AND m.channel = 'sms' AND m.uid IS NOT NULL AND m.sent_at >= \(since)
               AND m.state IN ('sending', 'accepted', 'delivered', 'unknown')
             ORDER BY m.sent_at DESC, m.id DESC
             LIMIT 1
            """
        ) { row in
            SentText(
                id: try row["id"],
                uid: try row["uid"],
                person: try row["person"],
                template: try row["template"],
                causeName: try row["cause_name"],
                about: try row["about"]
            )
        }
    }

    // MARK: Strangers

    /// Whether staff heard of that number lately: a text every minute is no news.
    func hasWritten(_ phone: String, since: Date) async throws -> Bool {
        try await tx.first(
            "SELECT 1 FROM incoming_texts WHERE phone = \(phone) AND kind = 'stranger' AND received_at > \(since) LIMIT 1"
        ) { _ in true } ?? false
    }

    /// Who hears of texts that are nobody's: marketing, or else whoever heads or leads.
    func keepers() async throws -> [StaffID] {
        try await tx.all(
            """
            SELECT staff_id
              FROM (SELECT staff_id,
                           rank() OVER (ORDER BY array_position(ARRAY['marketing', 'head', 'manager'], role)) AS place
                      FROM staff WHERE is_active AND role IN ('marketing', 'head', 'manager')) AS s
             WHERE place = 1 ORDER BY staff_id
            """
        ) { try $0["staff_id"] }
    }

    /// A text that is nobody's, as it is shown.
    struct Stranger: Sendable {
        let id: UUID
        let phone: String?
        let words: String
        let why: Contracts.Why
        let at: Date
    }

    /// The newest first; one more than the limit, when there are more.
    func strangers(after: (time: Date, id: UUID)?, limit: Int) async throws -> [Stranger] {
        let place: SQL = after.map { "AND (received_at, id) < (\($0.time), \($0.id))" } ?? ""
        return try await tx.all(
            """
            SELECT id, phone, words, why, received_at
              FROM incoming_texts WHERE kind = 'stranger' \(place)
             ORDER BY received_at DESC, id DESC LIMIT \(limit + 1)
            """
        ) { row in
            Stranger(
                id: try row["id"],
                phone: try row["phone"],
                words: try row["words"],
                why: try (row["why"] as JSONText).decode(),
                at: try row["received_at"]
            )
        }
    }
}
