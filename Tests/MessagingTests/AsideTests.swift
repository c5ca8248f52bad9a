import Logging
import Messaging
import Synchronization
import TestSupport
import Testing

@Suite("Work beside")
struct AsideTests {
    private struct Away: Error {}

    /// Takes turns until so many were begun; each is told its number.
    private func take(
        _ count: Int,
        every pause: Duration,
        _ turn: @escaping @Sendable (Int) throws -> Bool
    ) async throws {
        let begun = Mutex(0)
        let (turns, beginning) = AsyncStream<Int>.makeStream()
        let aside = Aside(makingWayIn: Rush(by: ContinuousClock()), every: pause, "will try again", testLogger("aside"))
        {
            let number = begun.withLock { begun in
                begun += 1
                return begun
            }
            beginning.yield(number)
            return try turn(number)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await aside.run() }
            _ = await turns.first { $0 == count }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("while there is more to do turns follow one another without the pause", .timeLimit(.minutes(1)))
    func more() async throws {
        try await take(4, every: .seconds(3_600)) { $0 < 4 }
    }

    @Test("a turn that failed is not the last one", .timeLimit(.minutes(1)))
    func failing() async throws {
        try await take(3, every: .milliseconds(1)) { number in
            if number == 1 { throw Away() }
            return false
        }
    }
}
