import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

extension OverTheBroker {
    @Suite("An event that no queue is bound to", .timeLimit(.minutes(20)))
    struct UnroutableTests {
        @Test("stays, is counted and holds back only its own subject, until somebody listens and it is tried again")
        func unroutable() async throws {
            try await unheard {
                try await withPair { speaker, listener in
                    try await speaker.grade("a")
                    try await speaker.say("a2", about: "a")
                    try await speaker.say("b1", "b2", about: "b")
                    #expect(try await listener.effects(atLeast: 2) == ["b1", "b2"])
                    try await eventually("it was given back") { try await speaker.backlog().unroutable == 1 }
                    let stuck = try await speaker.stuckEvents()
                    #expect(stuck.map(\.name) == [LeadGraded.name.text])
                    #expect(stuck.map(\.followers) == [1])
                    #expect(stuck.first?.error.contains("NO_ROUTE") == true)
                    // Whoever listens has it before the relay is done with it.
                    try await eventually("nothing else waits") { try await speaker.backlog().outbox == 2 }
                    #expect(try await speaker.backlog().outboxWaitingSeconds == 0)

                    try await withListener([Toy.grades]) { _ in
                        try await speaker.retryStuckEvents()
                        #expect(try await listener.effects(atLeast: 3) == ["b1", "b2", "a2"])
                        try await eventually("nothing waits") { try await speaker.backlog().outbox == 0 }
                    }
                }
            }
        }

        @Test("takes the others with it as soon as one of them is taken")
        func together() async throws {
            try await unheard {
                try await withSpine("leads") { speaker in
                    try await withRelay(of: speaker) {
                        for subject in 0..<120 { try await speaker.grade("s\(subject)") }
                        try await eventually("all were given back") { try await speaker.backlog().unroutable == 120 }
                        // As if they had been tried so often that a minute lies between two attempts.
                        _ = try await speaker.database.transaction { tx in
                            try await tx.execute(
                                "UPDATE outbox SET available_at = clock_timestamp() + interval '1 hour'"
                            )
                        }
                        try await withListener([Toy.grades]) { listener in
                            try await speaker.grade("another")
                            _ = try await listener.effects(atLeast: 1)
                            _ = try await speaker.database.transaction { tx in
                                try await tx.execute(
                                    """
                                    UPDATE outbox SET available_at = '-infinity'
                                     WHERE position = (SELECT min(position) FROM outbox)
                                    """
                                )
                            }
                            let effects = try await listener.effects(atLeast: 121)
                            #expect(Set(effects).count == 121)
                        }
                    }
                }
            }
        }

        /// Takes the one queue away that hears of graded leads, for as long as `body` runs.
        private func unheard(_ body: () async throws -> Void) async throws {
            let broker = try BrokerControl.shared()
            try await broker.unbind("sales.events", from: "lintel.events", key: LeadGraded.name.routingKey)
            do {
                try await body()
            } catch {
                try? await broker.bind("sales.events", to: "lintel.events", key: LeadGraded.name.routingKey)
                throw error  // the test's own is the one to see
            }
            try await broker.bind("sales.events", to: "lintel.events", key: LeadGraded.name.routingKey)
        }
    }
}

extension Toy {
    /// Writes the subject of every graded lead down.
    fileprivate static let grades = Subscription.on(LeadGraded.self) { arrival, work in
        try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('g', \(arrival.envelope.subject))")
    }
}

extension Spine {
    /// Tells of something that nobody listens to, unless a test does.
    func grade(_ subject: String) async throws {
        try await perform(Cause(actor: "test")) { work in
            try await work.publish(LeadGraded.example, about: subject)
        }
    }
}
