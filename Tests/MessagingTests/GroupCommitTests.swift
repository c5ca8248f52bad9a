import Synchronization
import Testing

@testable import Messaging

@Suite("Group commit")
struct GroupCommitTests {
    @Test("what comes while a transaction is under way is done together in the next, and each is answered")
    func gathering() async throws {
        let batches = Mutex<[[Int]]>([])
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let commit = GroupCommit<Int, Int>(limit: 3) { items in
            batches.withLock { $0.append(items) }
            begin.yield()
            if items == [0] { for await _ in gate { break } }
            return items.map { $0 * 10 }
        }
        async let first = commit(0)
        for await _ in begun { break }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for item in 1...5 { group.addTask { try await commit(item) } }
            // All five wait before the first is let go.
            while commit.waiting < 5 { await Task.yield() }
            open.yield()
            let answers = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(answers == [10, 20, 30, 40, 50])
        }
        #expect(try await first == 0)
        #expect(batches.withLock { $0.map(\.count) } == [1, 3, 2])
    }

    @Test("one that fails alone fails, its neighbours do not")
    func guilty() async throws {
        struct Fault: Error {}
        let commit = GroupCommit<Int, Int> { items in
            guard !items.contains(13) else { throw Fault() }
            return items
        }
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for item in 10...15 { group.addTask { (item, (try? await commit(item)) == item) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes == [10: true, 11: true, 12: true, 13: false, 14: true, 15: true])
    }

    @Test("a caller that is cancelled does not take the others with it")
    func cancelled() async throws {
        let commit = GroupCommit<Int, Int> { items in
            try Task.checkCancellation()
            return items
        }
        let caller = Task { try await commit(1) }
        caller.cancel()
        #expect(try await caller.value == 1)
    }
}
