import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of what others say that they received.
struct ReceiptStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Notes what a service says of the whole, unless something newer is known.
    func note(_ service: String, _ tally: InboxTally, toldAt: Date, sequence: Int64) async throws {
        let isNew = try await tx.execute(
            """
            INSERT INTO receivers (service, newest, waiting, dead, told_at, sequence)
            VALUES (\(service), \(tally.newest), \(tally.waiting), \(tally.dead), \(toldAt), \(sequence))
            ON CONFLICT (service) DO UPDATE
               SET newest = EXCLUDED.newest, waiting = EXCLUDED.waiting, dead = EXCLUDED.dead,
                   told_at = EXCLUDED.told_at, sequence = EXCLUDED.sequence
             WHERE receivers.sequence <= EXCLUDED.sequence
            """
        )
        guard isNew == 1 else { return }
        try tx.later("DELETE FROM receivers_hear WHERE service = \(service)")
        try tx.later(
            """
            INSERT INTO receivers_hear (service, name, since)
            SELECT \(service), name, since
              FROM unnest(\(tally.hears.map(\.name))::text[], \(tally.hears.map(\.since))::timestamptz[]) AS t (name, since)
            """
        )
    }

    /// Notes tallies; each takes the place of an earlier one of its minute.
    func note(_ service: String, _ minutes: [InboxTally.Minute], sequence: Int64) async throws {
        guard !minutes.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO receipts (service, minute, name, events, digest, sequence)
            SELECT \(service), minute, name, events, digest, \(sequence)
              FROM unnest(\(minutes.map { Int64($0.began.timeIntervalSince1970 / 60) })::bigint[],
                          \(minutes.map(\.name))::text[], \(minutes.map(\.count))::bigint[],
                          \(minutes.map(\.digest))::text[]) AS t (minute, name, events, digest)
            ON CONFLICT (service, minute, name) DO UPDATE
               SET events = EXCLUDED.events, digest = EXCLUDED.digest, sequence = EXCLUDED.sequence
             WHERE receipts.sequence <= EXCLUDED.sequence
            """
        )
    }
}
