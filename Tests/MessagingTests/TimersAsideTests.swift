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
                    .batch("aside", makesWay: true) { _, _ in
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
                        try await work.timers.set(kind, key: "1", at: work.now, cause: work.cause)
                    }
                    await signal.wait(atMost: .seconds(50))
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(isFired.withLock { $0 })
        }
    }

    @Test("wake whoever fires them, and the others the others", .timeLimit(.minutes(1)))
    func alarms() async {
        let alarms = TimerAlarms()
        alarms.keep(aside: ["aside"])
        alarms.wake(for: .distantPast, of: "aside")
        await alarms.aside.signal.wait(atMost: .seconds(3_600))
        alarms.wake(for: .distantPast, of: "prompt")
        await alarms.prompt.signal.wait(atMost: .seconds(3_600))
        alarms.wakeAll()
        await alarms.aside.signal.wait(atMost: .seconds(3_600))
        await alarms.prompt.signal.wait(atMost: .seconds(3_600))
    }
}
