import AMQP
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

extension OverTheBroker {
    /// One service that says something and another that listens, over the real broker.
    @Suite("Two services and a broker between them", .timeLimit(.minutes(20)))
    struct RelayTests {
        @Test("what one journals takes effect at the other, once and in order per subject")
        func order() async throws {
            try await withPair { speaker, listener in
                let subjects = (0..<10).map { "s\($0)" }
                for round in 0..<20 {
                    try await speaker.perform(Cause(actor: "test")) { work in
                        try await work.publish(
                            subjects.map { Draft(Toy.discarded("\($0)-\(round)"), about: $0, cause: work.cause) }
                        )
                    }
                }
                let effects = try await listener.effects(atLeast: 200)
                #expect(effects.count == 200)
                for subject in subjects {
                    let own = effects.filter { $0.hasPrefix("\(subject)-") }
                    #expect(own == (0..<20).map { "\(subject)-\($0)" })
                }
            }
        }

        @Test("an event that is sent again, as after a crash between confirm and deletion, takes effect once")
        func again() async throws {
            try await withPair { speaker, listener in
                try await speaker.perform(Cause(actor: "test")) { work in
                    try await work.publish(Toy.discarded("once"), about: "x")
                }
                _ = try await listener.effects(atLeast: 1)
                _ = try await speaker.resend(1...1_000, about: nil, isDryRun: false)
                try await speaker.perform(Cause(actor: "test")) { work in
                    try await work.publish(Toy.discarded("afterwards"), about: "x")
                }
                let effects = try await listener.effects(atLeast: 2)
                #expect(effects == ["once", "afterwards"])
            }
        }

        @Test("a second replica's relay stands by, and what its replica commits is sent all the same")
        func standby() async throws {
            try await withPair { speaker, listener in
                let twin = Spine(
                    service: speaker.service,
                    database: speaker.database,
                    clock: ServiceClock(),
                    logger: testLogger("twin")
                )
                let publisher = Publisher(try Endpoint(url: TestServers.brokerURL), logger: twin.logger)
                try await serving([publisher, Relay(twin, publisher)]) {
                    for number in 0..<20 {
                        let spine = number % 2 == 0 ? speaker : twin
                        try await spine.perform(Cause(actor: "test")) { work in
                            try await work.publish(Toy.discarded("\(number)"), about: "x")
                        }
                    }
                    let effects = try await listener.effects(atLeast: 20)
                    #expect(effects == (0..<20).map(String.init))
                }
            }
        }
    }
}
