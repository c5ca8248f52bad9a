import Dispatch
import Glibc
import Synchronization

/// A thread of our own that is joined before the process ends.
///
/// A C library frees what it kept for a thread as that thread ends, and the rest when the process calls `exit`. OpenSSL,
/// which libpq uses, frees the same twice when both happen at once, and the process aborts instead of ending with 0. So
/// whoever ends the process calls ``joinBeforeExit()`` first.
public final class JoinedThread: Sendable {
    /// Those that were told to end and have not been joined by anybody.
    private static let leaving = DispatchGroup()
    /// The thread that ended last.
    ///
    /// Every other that has ended was joined by the one after it, so that none is left over.
    private static let lastEnded = Mutex<pthread_t?>(nil)
    /// Whether the process is about to end: a thread that comes to its end from now on stays where it is.
    private static let isExiting = Mutex(false)

    private let isLeaving = Atomic(false)

    private init() {}

    /// Starts a thread that runs `body` and ends.
    ///
    /// Debuggers and `top -H` show the first 15 bytes of the name.
    @discardableResult
    public static func start(
        name: String,
        stackSize: Int? = nil,
        _ body: @escaping @Sendable (JoinedThread) -> Void
    ) -> JoinedThread {
        let thread = JoinedThread()
        let start = Unmanaged.passRetained(Start(thread: thread, name: name, body: body))
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        if let stackSize { pthread_attr_setstacksize(attributes, stackSize) }
        var handle = pthread_t()
        let code = pthread_create(&handle, attributes, { Start.run($0) }, start.toOpaque())
        precondition(code == 0, "no thread can be started: \(code)")
        return thread
    }

    /// Says that its body is about to return, so that ``joinEnding()`` waits for it.
    public func leave() {
        JoinedThread.isExiting.withLock { isExiting in
            guard !isExiting, !isLeaving.exchange(true, ordering: .relaxed) else { return }
            JoinedThread.leaving.enter()
        }
    }

    /// Sees to it that no thread ends while the process does: joins those that were told to end, and holds the others.
    public static func joinBeforeExit() {
        isExiting.withLock { $0 = true }
        joinEnding()
    }

    /// Waits until every thread that was told to end is gone, with all that C libraries kept for it; five seconds at most.
    public static func joinEnding() {
        guard leaving.wait(timeout: .now() + 5) == .success else { return }
        if let last = lastEnded.withLock({ $0.take() }) { pthread_join(last, nil) }
    }

    private func hasRun() {
        leave()
        while !isLeaving.load(ordering: .relaxed) { pause() }  // until `exit` takes the process away
        let before = JoinedThread.lastEnded.withLock { last in
            defer { last = pthread_self() }
            return last
        }
        if let before { pthread_join(before, nil) }
        JoinedThread.leaving.leave()
    }

    /// What a thread is given to begin with.
    private final class Start {
        private let thread: JoinedThread
        private let name: String
        private let body: @Sendable (JoinedThread) -> Void

        init(thread: JoinedThread, name: String, body: @escaping @Sendable (JoinedThread) -> Void) {
            self.thread = thread
            self.name = name
            self.body = body
        }

        static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let pointer else { return nil }
            let thread = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().run()
            thread.hasRun()
            return nil
        }

        private func run() -> JoinedThread {
            if let comm = fopen("/proc/thread-self/comm", "w") {  // pthread_setname_np is not to be had from Swift
                fputs(name, comm)
                fclose(comm)
            }
            body(thread)
            return thread
        }
    }
}
