import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@Suite("The journal")
struct JournalTests {
    @Test("numbers the events of a subject from one, without gaps, whoever writes them")
    func sequences() async throws {
        try await withSpine("leads") { spine in
            let lead = LeadID.new()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await spine.perform(Cause(actor: "test")) { work in
                            try await work.publish(Toy.discarded("\(number)", lead: lead), about: lead)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sequences = try await spine.events().map(\.envelope.sequence)
            #expect(sequences == (1...20).map(Int64.init))
        }
    }

    @Test("takes many events of several subjects in one statement and keeps their order")
    func batches() async throws {
        try await withSpine("leads") { spine in
            let leads = [LeadID.new(), LeadID.new()]
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(
                    (0..<10).map { number in
                        let lead = leads[number % 2]
                        return Draft(Toy.discarded("\(number)", lead: lead), about: lead, cause: work.cause)
                    }
                )
            }
            let events = try await spine.events()
            #expect(try events.map { try $0.data(as: LeadDiscarded.self).reason } == (0..<10).map(String.init))
            #expect(events.map(\.envelope.sequence) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        }
    }

    @Test("keeps what nobody would listen to, and sends it neither at once nor when a range is sent again")
    func unpublished() async throws {
        try await withSpine("leads") { spine in
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(PolicyChanged.example, about: "policy")
                try await work.publish(Toy.discarded("spam"), about: "x")
            }
            let events = try await spine.events()
            #expect(events.map(\.envelope.type) == [PolicyChanged.name, LeadDiscarded.name])
            #expect(try await spine.backlog().outbox == 1)
            let sent = try await spine.resend(1...1_000, about: nil, isDryRun: false)
            #expect(sent.map(\.name) == [LeadDiscarded.name.text])
            #expect(try await spine.backlog().outbox == 1)
        }
    }

    @Test("holds nothing of a transaction that failed")
    func rollback() async throws {
        try await withSpine("leads") { spine in
            await #expect(throws: Toy.Poison.self) {
                try await spine.perform(Cause(actor: "test")) { work in
                    try await work.publish(Toy.discarded("spam"), about: "x")
                    throw Toy.Poison()
                }
            }
            let events = try await spine.events()
            let backlog = try await spine.backlog()
            #expect(events.isEmpty)
            #expect(backlog.outbox == 0)
        }
    }

    @Test("shows a service's own events to its projections in the same transaction")
    func projections() async throws {
        let projection = Projection("reasons", of: [LeadDiscarded.name]) { received, work in
            for one in received {
                let reason = try one.data(as: LeadDiscarded.self).reason
                try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('own', \(reason))")
            }
        }
        try await withSpine("leads", projections: [projection]) { spine in
            try await spine.makeEffects()
            try await spine.perform(Cause(actor: "test")) { work in
                try await work.publish(Toy.discarded("spam"), about: "x")
            }
            #expect(try await spine.effects() == ["spam"])
        }
    }
}
