import Contracts
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Messaging

@Suite("Timers that make way")
struct TimersAsideTests {
    private let cause = Cause(actor: "test")

    @Test("hold up none that somebody waits for", .timeLimit(.minutes(1)))
    func apart() async throws {
        try await withSpine("sales") { spine in
            let (begun, fired, ended) = (Signal(), Signal(), Signal())
            let isFired = Mutex(false)
            let loop = TimerLoop(
                spine,
                [
                    .batch("aside") { _, _ in
                        begun.poke()
                        await fired.wait(atMost: .seconds(50))
                        #expect(isFired.withLock { $0 })
                        ended.poke()
                    },
                    .batch("prompt") { _, _ in
                        isFired.withLock { $0 = true }
                        fired.poke()
                    },
                ]
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await loop.run() }
                for (kind, signal) in [("aside", begun), ("prompt", ended)] {
                    try await spine.perform(cause) { work in
                        let makesWay = kind == "aside"
                        try await work.timers.set([
                            TimerDraft(kind, key: "1", at: work.now, makesWay: makesWay, cause: work.cause)
                        ])
                    }
                    await signal.wait(atMost: .seconds(50))
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(isFired.withLock { $0 })
        }
    }

    @Test("are no less due when they are set again as others, and the other way round")
    func moved() async throws {
        try await withSpine("sales") { spine in
            let fired = Mutex<[String]>([])
            let noting = TimerHandler.on("toy") { timer, _ in fired.withLock { $0.append(timer.key) } }
            let start = spine.clock.now
            for makesWay in [true, false] {
                try await spine.perform(cause) { work in
                    try await work.timers.set([
                        TimerDraft("toy", key: "1", at: start, makesWay: !makesWay, cause: work.cause),
                        TimerDraft("toy", key: "2", at: start, makesWay: makesWay, cause: work.cause),
                    ])
                    try await work.timers.set([
                        TimerDraft("toy", key: "1", at: start, makesWay: makesWay, cause: work.cause)
                    ])
                }
                try await spine.fireTimers([noting])
            }
            #expect(fired.withLock { $0.sorted() } == ["1", "1", "2", "2"])
            #expect(try await spine.backlog().timers == 0)
        }
    }

    @Test("are not late, so that nobody is woken for them in a rush", arguments: [true, false])
    func late(_ makesWay: Bool) async throws {
        try await withSpine("sales") { spine in
            let due = spine.clock.now.addingTimeInterval(-120)
            try await spine.perform(cause) { work in
                try await work.timers.set([TimerDraft("toy", key: "1", at: due, makesWay: makesWay, cause: work.cause)])
            }
            let state = try await spine.state()
            #expect(state.timers.due == (makesWay ? 0 : 1))
            #expect((state.backlog.timerLagSeconds >= 120) == !makesWay)
        }
    }

    @Test("wake whoever fires them, and the others the others", .timeLimit(.minutes(1)))
    func alarms() async {
        let alarms = TimerAlarms()
        alarms.wakeAll()
        for lane in TimerStore.Lane.allCases { await alarms[lane].signal.wait(atMost: .seconds(3_600)) }
        #expect(alarms[.aside] !== alarms[.prompt])
    }
}
