import Foundation
import Synchronization
import Testing
import Threads

@Suite struct JoinedThreadTests {
    /// How often the C library's destructor of a thread's own value has come to its end.
    private static let freed = Atomic(0)

    /// A value of each thread's own, freed as the thread ends, which lets others go first: what OpenSSL does, but so that it is seen.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { _ in
            for _ in 0..<20 { sched_yield() }
            JoinedThreadTests.freed.add(1, ordering: .relaxed)
        }
        return key
    }()

    private actor Holder {
        private nonisolated let thread = OwnedThread(name: "holder")
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        func keepSomething() { pthread_setspecific(JoinedThreadTests.key, UnsafeMutableRawPointer(bitPattern: 1)) }

        nonisolated func finish() { thread.finish() }
    }

    @Test func `What was kept for a thread that was told to end is freed before the process ends`() async {
        let holders = (0..<20).map { _ in Holder() }
        for holder in holders { await holder.keepSomething() }
        for holder in holders { holder.finish() }
        JoinedThread.joinEnding()
        #expect(Self.freed.load(ordering: .relaxed) == 20)
    }

    @Test func `A thread bears its name`() async {
        let name = await withCheckedContinuation { continuation in
            JoinedThread.start(name: "a name of more than fifteen bytes") { _ in
                let comm = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
                continuation.resume(returning: comm)
            }
        }
        #expect(name == "a name of more \n")
    }
}
