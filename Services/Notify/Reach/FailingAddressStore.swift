import Contracts
import Foundation
import Messaging
import Postgres

/// Numbers and addresses to which messages fail for good, one after another.
struct FailingAddressStore: Sendable {
    /// A number, or a mail address, by the means that it is for.
    struct Address: Sendable, Hashable, Comparable {
        let channel: Channel
        let address: String

        static func < (left: Address, right: Address) -> Bool {
            (left.channel.rawValue, left.address) < (right.channel.rawValue, right.address)
        }
    }

    /// One that fails.
    struct Failing: Sendable {
        let place: Address
        let failures: Int
        let since: Date
        let reason: String
        let isMarked: Bool
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Counts messages that failed for good where they went last; returns how it stands there now.
    func note(_ failed: [(id: MessageID, reason: String)], at now: Date) async throws -> [Failing] {
        guard !failed.isEmpty else { return [] }
        return try await tx.all(
            """
            INSERT INTO failing_addresses AS f (channel, address, failures, first_at, last_at, reason)
            SELECT m.channel, m.address, count(*), \(now), \(now), max(t.reason)
              FROM unnest(\(failed.map(\.id.uuid))::uuid[], \(failed.map(\.reason))::text[]) AS t (id, reason)
              JOIN messages m ON m.id = t.id
             WHERE m.address IS NOT NULL
             GROUP BY m.channel, m.address ORDER BY m.channel, m.address
            ON CONFLICT (channel, address) DO UPDATE
               SET failures = f.failures + EXCLUDED.failures, last_at = EXCLUDED.last_at, reason = EXCLUDED.reason
            RETURNING channel, address, failures::bigint AS failures, first_at, reason, marked_at IS NOT NULL AS is_marked
            """
        ) { row in
            Failing(
                place: try Address(row: row),
                failures: try row["failures"],
                since: try row["first_at"],
                reason: try row["reason"],
                isMarked: try row["is_marked"]
            )
        }
    }

    func mark(_ place: Address, _ why: Contracts.Why, at now: Date) throws {
        try tx.later(
            """
            UPDATE failing_addresses SET marked_at = \(now), why = \(try JSONText(wire: why))
             WHERE channel = \(place.channel.rawValue) AND address = \(place.address)
            """
        )
    }

    /// Where these messages arrived nothing fails any more; returns the places that were marked.
    func clear(whereArrived ids: [MessageID]) async throws -> [Address] {
        guard !ids.isEmpty else { return [] }
        return try await clear(
            "SELECT m.channel, m.address FROM messages m WHERE m.id = ANY(\(ids.map(\.uuid))::uuid[])"
        )
    }

    /// The same for places that somebody has named anew.
    func clear(_ places: [Address]) async throws -> [Address] {
        guard !places.isEmpty else { return [] }
        return try await clear(
            "SELECT * FROM unnest(\(places.map(\.channel.rawValue))::text[], \(places.map(\.address))::text[])"
        )
    }

    /// In order, against two transactions that want the same rows.
    private func clear(_ places: SQL) async throws -> [Address] {
        let cleared = try await tx.all(
            """
            WITH found AS (
                SELECT channel, address FROM failing_addresses WHERE (channel, address) IN (\(places))
                 ORDER BY channel, address FOR UPDATE
            )
            DELETE FROM failing_addresses f USING found
             WHERE f.channel = found.channel AND f.address = found.address
            RETURNING f.channel, f.address, f.marked_at IS NOT NULL AS was_marked
            """
        ) { (place: try Address(row: $0), wasMarked: try $0["was_marked"] as Bool) }
        return cleared.filter(\.wasMarked).map(\.place)
    }

    /// Which of these places do not work, each with why.
    func marked(among places: [Address]) async throws -> [Address: Contracts.Why] {
        guard !places.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT channel, address, why FROM failing_addresses
             WHERE marked_at IS NOT NULL
               AND (channel, address) IN (SELECT * FROM unnest(\(places.map(\.channel.rawValue))::text[],
                                                               \(places.map(\.address))::text[]))
            """
        ) { (try Address(row: $0), try ($0["why"] as JSONText).decode(Contracts.Why.self)) }
        return Dictionary(found) { first, _ in first }
    }

    /// Everybody who is written to there, by the UIDs of their cards.
    func people(at place: Address) async throws -> [UID] {
        let column: SQL = place.channel == .sms ? "phone" : "email"
        return try await tx.all("SELECT uid FROM customers WHERE \(column) = \(place.address) ORDER BY uid") {
            try $0["uid"]
        }
    }

    // MARK: Other cards

    /// Somebody whose number or address is about to be another one, of which one does not work.
    struct Change: Sendable {
        let uid: UID
        let channel: Channel
        /// The mark of what comes, if it has one; nil where only what goes did not work.
        let failing: Failing?
        let why: Contracts.Why?
    }

    /// Asked before newer cards are kept.
    func changes(_ people: [(person: PersonIdentified, sequence: Int64)]) async throws -> [Change] {
        let all = people.map(\.person)
        return try await tx.all(
            """
            SELECT t.uid, v.channel, a.address, a.failures::bigint AS failures, a.first_at, a.reason, a.why
              FROM unnest(\(all.map(\.uid.uuid))::uuid[], \(all.map(\.person.phones.first))::text[],
                          \(all.map(\.person.emails.first))::text[], \(people.map(\.sequence))::bigint[])
                   AS t (uid, phone, email, sequence)
              JOIN customers c ON c.uid = t.uid AND c.card_sequence < t.sequence
             CROSS JOIN LATERAL (VALUES ('sms', c.phone, t.phone), ('email', c.email, t.email))
                   AS v (channel, before, after)
              LEFT JOIN failing_addresses b
                     ON b.channel = v.channel AND b.address = v.before AND b.marked_at IS NOT NULL
              LEFT JOIN failing_addresses a
                     ON a.channel = v.channel AND a.address = v.after AND a.marked_at IS NOT NULL
             WHERE v.before IS DISTINCT FROM v.after AND (a.address IS NOT NULL OR b.address IS NOT NULL)
             ORDER BY t.uid, t.sequence, v.channel
            """
        ) { row in
            let address: String? = try row["address"]
            return Change(
                uid: try row["uid"],
                channel: try Address.channel(row),
                failing: try address.map { _ in
                    Failing(
                        place: try Address(row: row),
                        failures: try row["failures"],
                        since: try row["first_at"],
                        reason: try row["reason"],
                        isMarked: true
                    )
                },
                why: try (row["why"] as JSONText?)?.decode()
            )
        }
    }
}

extension FailingAddressStore.Address {
    init(row: Row) throws { self.init(channel: try Self.channel(row), address: try row["address"]) }

    static func channel(_ row: Row) throws -> Channel {
        let word: String = try row["channel"]
        guard let channel = Channel(rawValue: word) else { throw PostgresError(message: "no such channel: \(word)") }
        return channel
    }
}
