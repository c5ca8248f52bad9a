import AMQP
import Foundation
import Messaging
import TestSupport
import Testing

/// What cannot be done to a broker that other tests use as well.
@Suite("A broker that is short of memory, and one that is killed", .timeLimit(.minutes(20)))
struct PrivateBrokerTests {
    @Test("holds the events back, and afterwards each takes effect once and in order")
    func alarmAndKill() async throws {
        try await PrivateBroker.running { broker in
            try await withSpine("alarmed") { speaker in
                try await withListener(at: broker.endpoint, keepsQueue: true) { listener in
                    try await withRelay(of: speaker, at: broker.endpoint) {
                        try await speaker.say("0", about: "x")
                        _ = try await listener.effects(atLeast: 1)

                        try await broker.control("set_vm_memory_high_watermark", "0.00001")
                        for number in 1...40 { try await speaker.say("\(number)", about: "x") }
                        #expect(try await speaker.backlog().outbox > 0)
                        try await broker.control("set_vm_memory_high_watermark", "absolute", "1GB")
                        _ = try await listener.effects(atLeast: 41)

                        for number in 41...80 {
                            if number == 55 { try await broker.kill() }
                            if number == 70 { try await broker.start() }
                            try await speaker.say("\(number)", about: "x")
                        }
                        // Who has looked for a broker in vain for a while looks again after half a minute.
                        let effects = try await listener.effects(atLeast: 81, within: .seconds(90))
                        #expect(effects == (0...80).map(String.init))
                        try await eventually("nothing waits") { try await speaker.backlog().outbox == 0 }
                    }
                }
            }
        }
    }
}
