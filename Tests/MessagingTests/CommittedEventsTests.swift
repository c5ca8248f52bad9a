import Foundation
import Synchronization
import Testing

@testable import Messaging

/// What this process has committed, said to whoever shows it.
@Suite("What was committed")
struct CommittedEventsTests {
    @Test("whoever listens is called the thousandth time as the first: nothing is wrapped around them meanwhile")
    func forever() throws {
        let committed = CommittedEvents()
        let depths = Mutex<[Int]>([])
        committed.listen { _ in
            let depth = Thread.callStackReturnAddresses.count
            depths.withLock { $0.append(depth) }
        }
        let entry = try entry("spam", about: "1")
        for _ in 0..<1_000 { committed.tell([entry]) }
        let seen = depths.withLock { $0 }
        #expect(seen.count == 1_000)
        #expect(Set(seen).count == 1)
    }
}
