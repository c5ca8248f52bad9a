import Messaging

/// Wakes the lanes that have something to do.
struct SendingSignals: Sendable {
    /// The way of texts to staff that need not be claimed.
    let express = Express()
    private let signals = Dictionary(uniqueKeysWithValues: Sending.Lane.Name.all.map { ($0, Signal()) })

    /// Wakes the lanes of those messages that are to be sent.
    func poke(for messages: some Sequence<Message>) {
        for name in Set(messages.filter { $0.state == .queued }.map(\.lane)) { signals[name]?.poke() }
    }

    /// Wakes the lanes of a rank.
    func poke(_ rank: Sending.Lane.Rank) {
        for (name, signal) in signals where name.rank == rank { signal.poke() }
    }

    /// Notices in the console are not sent, so nobody sleeps for them.
    func signal(of lane: Sending.Lane.Name) -> Signal? { signals[lane] }
}
