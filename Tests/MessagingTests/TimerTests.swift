import Contracts
import Foundation
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Durable timers")
struct TimerTests {
    private let cause = Cause(actor: "test")

    @Test("fire once, when they are due, in the order in which they are due")
    func order() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                try await work.timers.set("toy", key: "late", at: start.addingTimeInterval(7_200), cause: work.cause)
                try await work.timers.set("toy", key: "soon", at: start.addingTimeInterval(60), cause: work.cause)
            }
            #expect(try await spine.fireTimers([writing]) == 0)
            #expect(try await spine.fireTimers([writing], now: start.addingTimeInterval(61)) == 1)
            #expect(try await spine.effects() == ["soon"])
            #expect(try await spine.fireTimers([writing], now: start.addingTimeInterval(7_201)) == 1)
            #expect(try await spine.fireTimers([writing]) == 0)
            #expect(try await spine.effects() == ["soon", "late"])
        }
    }

    @Test("are moved by setting them again and removed by cancelling them")
    func moving() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                for key in ["moved", "cancelled"] {
                    try await work.timers.set("toy", key: key, at: start.addingTimeInterval(60), cause: work.cause)
                }
                try await work.timers.set("toy", key: "moved", at: start.addingTimeInterval(600), cause: work.cause)
                try await work.timers.cancel("toy", key: "cancelled")
            }
            #expect(try await spine.fireTimers([writing], now: start.addingTimeInterval(61)) == 0)
            #expect(try await spine.fireTimers([writing], now: start.addingTimeInterval(601)) == 1)
            #expect(try await spine.effects() == ["moved"])
        }
    }

    @Test("that fail are tried again and do not hold up their neighbours")
    func failing() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                for key in ["a", "bad", "z"] {
                    try await work.timers.set("toy", key: key, at: start.addingTimeInterval(1), cause: work.cause)
                }
            }
            let refusing = TimerHandler.on("toy") { timer, work in
                if timer.key == "bad" { throw Toy.Poison() }
                try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('t', \(timer.key))")
            }
            try await spine.fireTimers([refusing], now: start.addingTimeInterval(2))
            #expect(try await spine.effects().sorted() == ["a", "z"])
            try await spine.fireTimers([writing], now: start.addingTimeInterval(10))
            #expect(try await spine.effects().sorted() == ["a", "bad", "z"])
        }
    }

    @Test("fire once each, although several replicas look for them at the same time")
    func replicas() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                try await work.timers.set(
                    (0..<300).map { number in
                        try TimerDraft("toy", key: "\(number)", at: start, cause: work.cause)
                    }
                )
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 { group.addTask { try await spine.fireTimers([writing]) } }
                for try await _ in group {}
            }
            let effects = try await spine.effects()
            #expect(effects.count == 300)
            #expect(Set(effects).count == 300)
        }
    }

    @Test("are carried over a restart, and so is a clock that was set forward")
    func clock() async throws {
        try await withSpine("sales") { spine in
            try await spine.advanceClock(bySeconds: 3_600)
            let restarted = ServiceClock()
            try await restarted.load(from: spine.database)
            #expect(restarted.offset == 3_600)
        }
    }

    private var writing: TimerHandler {
        .on("toy") { timer, work in
            try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('t', \(timer.key))")
        }
    }
}
