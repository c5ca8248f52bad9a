import Messaging
import Synchronization

/// The short way of texts to staff, whose clock runs: they are written with their first attempt begun and handed to whoever
/// calls the gateway as soon as that is committed, so that nobody has to find and claim them first.
///
/// Only as many as have a seat go this way; the others, and every retry, are queued and claimed like everything else. A
/// process that dies in between leaves an attempt that counts as lost, as after a claim.
final class Express: Sendable {
    /// Whose messages go this way.
    static let lane = Sending.Lane.Name(channel: .sms, rank: .work)
    /// Seats: half of what the lane has, so that what is queued in it does not starve.
    static let width = 16
    /// Seconds until an attempt counts as lost: more than a call can take that waits for another's connection.
    static let lease = 30

    private struct State {
        var isOpen = false
        var free = Express.width
        var boarded: [ClaimDue.Ready] = []
    }

    private let state = Mutex(State())
    /// Poked when there is something to take.
    let boarding = Signal()

    /// Lets messages in, while somebody takes them.
    func open() { state.withLock { $0.isOpen = true } }

    /// Lets no more in; whoever has a seat already may still board.
    func close() { state.withLock { $0.isOpen = false } }

    /// Nobody has a seat.
    var isEmpty: Bool { state.withLock { $0.free == Express.width } }

    /// Keeps up to `wanted` seats for a transaction.
    func seats(_ wanted: Int) -> Seats {
        let count = state.withLock { state in
            let count = state.isOpen ? min(wanted, state.free) : 0
            state.free -= count
            return count
        }
        return Seats(count, on: self)
    }

    /// Those who have boarded, for whoever calls the gateway; each keeps its seat until it leaves.
    func take() -> [ClaimDue.Ready] {
        state.withLock { state in
            defer { state.boarded = [] }
            return state.boarded
        }
    }

    func leave(_ count: Int = 1) {
        if count > 0 { state.withLock { $0.free += count } }
    }

    fileprivate func board(_ messages: [ClaimDue.Ready]) {
        state.withLock { $0.boarded += messages }
        boarding.poke()
    }
}

/// Seats that are kept for the messages of one transaction; those that nobody takes are given back, also when it fails.
final class Seats: Sendable {
    let count: Int
    private let free: Atomic<Int>
    private let express: Express

    fileprivate init(_ count: Int, on express: Express) {
        self.count = count
        self.express = express
        free = Atomic(count)
    }

    deinit { express.leave(free.load(ordering: .relaxed)) }

    /// Hands messages over that are committed, no more than there are seats.
    func board(_ messages: [ClaimDue.Ready]) {
        guard !messages.isEmpty else { return }
        let left = free.subtract(messages.count, ordering: .relaxed).newValue
        precondition(left >= 0, "nobody boards without a seat")
        express.board(messages)
    }
}
