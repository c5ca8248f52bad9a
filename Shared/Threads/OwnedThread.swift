import Dispatch
import Synchronization

/// A thread that runs the jobs of one actor and of nobody else.
///
/// C client libraries block and must not be called from two threads at once. An actor whose executor is an
/// `OwnedThread` may call them plainly: it never occupies a thread of Swift's cooperative pool, and all of its calls
/// come from the same thread. Call ``finish()`` when the actor is done, or the thread lives on.
public final class OwnedThread: SerialExecutor {
    private struct Jobs {
        var waiting: [UnownedJob] = []
        var isFinished = false
        var thread: JoinedThread?
    }

    private let jobs = Mutex(Jobs())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// The name is what debuggers and `top -H` show (15 bytes at most on Linux).
    public init(name: String) {
        let thread = JoinedThread.start(name: name) { [self] _ in run() }
        jobs.withLock { $0.thread = thread }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.waiting.append(job) }
        wakeUp.signal()
    }

    /// Ends the thread once everything that is waiting has run.
    public func finish() {
        let thread = jobs.withLock { jobs in
            jobs.isFinished = true
            return jobs.thread
        }
        thread?.leave()
        wakeUp.signal()
    }

    private func run() {
        while true {
            wakeUp.wait()
            let (batch, isFinished) = jobs.withLock { jobs in
                let batch = jobs.waiting
                jobs.waiting.removeAll(keepingCapacity: true)
                return (batch, jobs.isFinished)
            }
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isFinished, jobs.withLock({ $0.waiting.isEmpty }) { return }
        }
    }
}
