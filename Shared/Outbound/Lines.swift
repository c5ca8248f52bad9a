import CCurl
import Synchronization
import Threads

/// One thread with its own libcurl handle. libcurl blocks; here it blocks nobody else.
actor Line {
    private let thread: OwnedThread
    private var easy: Easy?

    init(name: String) { thread = OwnedThread(name: name) }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Runs one transfer; nil when libcurl cannot even make a handle.
    func run(_ transfer: @Sendable (Easy) -> Ending) -> Ending {
        if easy == nil { easy = Easy() }
        guard let easy else { return Ending(result: CURLE_FAILED_INIT, status: 0, requestSize: 0, text: "") }
        return transfer(easy)
    }

    /// Closes the connections and ends the thread.
    func close() {
        easy = nil
        thread.finish()
    }
}

/// As many lines as transfers may run at once.
///
/// Whoever comes when all are busy waits in turn.
final class Lines: Sendable {
    private struct State {
        var idle: [Line]
        var waiting: [CheckedContinuation<Line, Never>] = []
    }

    private let all: [Line]
    private let state: Mutex<State>

    init(_ count: Int, name: String) {
        all = (1...max(1, count)).map { Line(name: "\(name)-\($0)") }
        state = Mutex(State(idle: all))
    }

    func run(_ transfer: @escaping @Sendable (Easy) -> Ending) async -> Ending {
        let line = await take()
        let ending = await line.run(transfer)
        giveBack(line)
        return ending
    }

    func close() async {
        for line in all { await line.close() }
    }

    /// The line that was used last comes first: its connection is the warmest.
    private func take() async -> Line {
        await withCheckedContinuation { continuation in
            let idle = state.withLock { state -> Line? in
                if let line = state.idle.popLast() { return line }
                state.waiting.append(continuation)
                return nil
            }
            if let idle { continuation.resume(returning: idle) }
        }
    }

    private func giveBack(_ line: Line) {
        let next = state.withLock { state -> CheckedContinuation<Line, Never>? in
            if state.waiting.isEmpty {
                state.idle.append(line)
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: line)
    }
}
