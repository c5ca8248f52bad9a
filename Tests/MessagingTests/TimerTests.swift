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
            // Later than it waits, however often it was tried meanwhile.
            try await spine.fireTimers([writing], now: start.addingTimeInterval(3_600))
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

    @Test(
        "go by the database's clock: a host whose clock jumps by an hour notices nothing",
        arguments: [-3_600.0, 3_600]
    )
    func hostClock(jump: Double) async throws {
        let host = Mutex(Date())
        let clock = ServiceClock(host: { host.withLock { $0 } })
        try await withSpine("sales", clock: clock) { spine in
            try await spine.makeEffects()
            let before = spine.clock.now
            host.withLock { $0 = $0.addingTimeInterval(jump) }
            #expect(abs(spine.clock.now.timeIntervalSince(before)) < 600)
            try await clock.load(from: spine.database)
            let now = spine.clock.now
            #expect(abs(now.timeIntervalSince(before)) < 600)
            try await spine.perform(cause) { work in
                #expect(abs(work.now.timeIntervalSince(before)) < 600)
                try await work.timers.set("toy", key: "due", at: now, cause: work.cause)
                try await work.timers.set("toy", key: "in 50 minutes", at: now + 3_000, cause: work.cause)
            }
            #expect(try await spine.fireTimers([writing]) == 1)
            #expect(try await spine.effects() == ["due"])
        }
    }

    @Test("go by a clock that is carried on without the database, and corrected by it")
    func drift() async throws {
        // This host's monotonic clock stands still, so its service falls behind until it asks again.
        let instant = ContinuousClock.now
        let clock = ServiceClock(host: { .distantPast }, monotonic: { instant })
        try await withSpine("sales", clock: clock) { spine in
            let first = spine.clock.now
            try await eventually("the database's clock goes on") {
                try await clock.load(from: spine.database)
                return spine.clock.now > first
            }
            let carried = ServiceClock()
            try await carried.load(from: spine.database)
            let before = carried.now
            try await eventually("it goes on by itself") { carried.now > before }
        }
    }

    @Test("of a set-based handler are handed over together, and the others' one by one in between")
    func batches() async throws {
        try await withSpine("sales") { spine in
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                for (second, kind) in ["set", "toy", "set", "toy", "set"].enumerated() {
                    try await work.timers.set(
                        kind,
                        key: "\(second)",
                        at: start.addingTimeInterval(Double(second) - 10),
                        cause: Cause(actor: "test", correlationID: "c\(second)")
                    )
                }
            }
            let calls = Mutex<[[String]]>([])
            let together = TimerHandler.batch("set") { timers, _ in
                calls.withLock { $0.append(timers.map { "\($0.key) \($0.cause.correlationID)" }) }
            }
            let alone = TimerHandler.on("toy") { timer, work in
                calls.withLock { $0.append(["\(timer.key) \(work.cause.correlationID)"]) }
            }
            #expect(try await spine.fireTimers([together, alone]) == 5)
            #expect(calls.withLock { $0 } == [["0 c0", "2 c2", "4 c4"], ["1 c1"], ["3 c3"]])
        }
    }

    @Test("of a set-based handler that fails for one of them fire one by one")
    func failingBatch() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let start = spine.clock.now
            try await spine.perform(cause) { work in
                try await work.timers.set(
                    (0..<40).map { try TimerDraft("set", key: "\($0)", at: start, cause: work.cause) }
                )
            }
            let handler = TimerHandler.batch("set") { timers, work in
                if timers.contains(where: { $0.key == "17" }) { throw Toy.Poison() }
                try await work.tx.execute(
                    "INSERT INTO effects (subject, reason) SELECT 't', unnest(\(timers.map(\.key))::text[])"
                )
            }
            try await spine.fireTimers([handler], now: start.addingTimeInterval(0.5))
            #expect(Set(try await spine.effects()) == Set((0..<40).map(String.init)).subtracting(["17"]))
            #expect(try await spine.backlog().timers == 1)
        }
    }

    @Test("that are just being fired hold up nobody who cancels them")
    func cancelledWhileFired() async throws {
        try await withSpine("sales") { spine in
            let (firing, cancelled) = (Signal(), Signal())
            let isCancelled = Mutex(false)
            try await spine.perform(cause) { work in
                try await work.timers.set("slow", key: "1", at: work.now, cause: work.cause)
            }
            let slow = TimerHandler.batch("slow") { _, _ in
                firing.poke()
                await cancelled.wait(atMost: .seconds(60))
                #expect(isCancelled.withLock { $0 })
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await spine.fireTimers([slow]) }
                await firing.wait(atMost: .seconds(60))
                try await spine.perform(cause) { work in try await work.timers.cancel("slow", key: "1") }
                isCancelled.withLock { $0 = true }
                cancelled.poke()
                try await group.waitForAll()
            }
            #expect(try await spine.backlog().timers == 0)
        }
    }

    private var writing: TimerHandler {
        .on("toy") { timer, work in
            try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('t', \(timer.key))")
        }
    }
}
