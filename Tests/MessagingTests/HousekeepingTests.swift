import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("Housekeeping")
struct HousekeepingTests {
    @Test("makes the journal's partitions ahead of time, again and again without harm")
    func partitions() async throws {
        try await withSpine("leads") { spine in
            let housekeeping = Housekeeping(spine)
            try await housekeeping.clean()
            try await housekeeping.clean()
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("spam"), about: "x")
            }
            let counts = try await spine.read { tx in
                try await tx.all(
                    """
                    SELECT (SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass) AS partitions,
                           (SELECT count(*) FROM journal_default) AS strays
                    """
                ) { (partitions: try $0["partitions"] as Int, strays: try $0["strays"] as Int) }
            }
            #expect(counts.first?.partitions == 5)
            #expect(counts.first?.strays == 0)
        }
    }

    @Test("leaves a month in the default partition whose events stand there already")
    func late() async throws {
        try await withSpine("leads") { spine in
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("spam"), about: "x")
            }
            try await Housekeeping(spine).clean()
            let events = try await spine.events()
            #expect(events.count == 1)
        }
    }

    @Test("drops whole months that are older than is kept, not one with an event that waits, and nothing unless asked")
    func old() async throws {
        try await withSpine("leads") { spine in
            let months = [14, 13, 12, 3]
            _ = try await spine.database.transaction { tx in
                for ago in months { try await tx.script(Self.partition(ago)) }
                // An event of the oldest month that the broker does not have yet.
                try await tx.execute(
                    """
                    INSERT INTO outbox (position, recorded_at, subject)
                    SELECT position, recorded_at, subject FROM journal ORDER BY recorded_at LIMIT 1
                    """
                )
            }
            try await Housekeeping(spine).clean()
            #expect(try await spine.events().count == 4)
            for _ in 1...2 { try await Housekeeping(spine, keeping: ["journal": 12, "unknown": 1]).clean() }
            #expect(try await spine.agesOfEvents() == [14, 12, 3])
            _ = try await spine.database.transaction { tx in try await tx.execute("DELETE FROM outbox") }
            try await Housekeeping(spine, keeping: ["journal": 12]).clean()
            #expect(try await spine.agesOfEvents() == [12, 3])
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("spam"), about: "x")
            }
            #expect(try await spine.events().count == 3)
        }
    }

    /// A month of the journal with one event in its middle.
    private static func partition(_ monthsAgo: Int) -> String {
        """
        DO $$
        DECLARE first date := date_trunc('month', now()) - make_interval(months => \(monthsAgo));
        BEGIN
            EXECUTE format('CREATE TABLE %I PARTITION OF journal FOR VALUES FROM (%L) TO (%L)',
                           to_char(first, '"journal_"YYYY_MM'), first, first + interval '1 month');
            INSERT INTO journal (recorded_at, id, name, subject, sequence, actor, correlation_id, occurred_at, data)
            VALUES (first + interval '14 days', gen_random_uuid(), 'leads.lead.discarded.v1', 's', \(monthsAgo), 'test', 'c',
                    first, '{}');
        END $$;
        """
    }

    @Test("forgets handled messages after thirty days, and no sooner")
    func ageing() async throws {
        try await withSpine("leads") { spine in
            _ = try await spine.database.transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO inbox (inlet, source, message_id, received_at)
                    VALUES ('i', 's', 'old', now() - interval '31 days'), ('i', 's', 'young', now() - interval '29 days')
                    """
                )
            }
            try await Housekeeping(spine).clean()
            let left: [String] = try await spine.read { tx in
                try await tx.all("SELECT message_id FROM inbox") { try $0["message_id"] }
            }
            #expect(left == ["young"])
        }
    }
}

extension Spine {
    /// How many months ago each event was recorded, the oldest first; their sequence says it.
    fileprivate func agesOfEvents() async throws -> [Int64] {
        try await read { tx in
            try await tx.all("SELECT sequence FROM journal ORDER BY recorded_at") { try $0["sequence"] }
        }
    }
}
