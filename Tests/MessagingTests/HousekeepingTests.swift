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
