/// Keeps turns apart: what comes meanwhile is done together.
///
/// A turn has a price of its own (a transaction, a round trip to the broker), whatever it does. What comes after a rest is
/// done at once; in a storm everybody who is not waited for leaves the processor to those who are.
public struct Turns<Time: Clock>: Sendable where Time.Duration == Duration {
    private let apart: Duration
    private let clock: Time
    private var last: Time.Instant?

    /// `apart` is the time from the beginning of one turn to that of the next at least; zero for what people wait for.
    init(apart: Duration, by clock: Time) {
        self.apart = apart
        self.clock = clock
    }

    /// Waits until the next turn may begin, or until the task is cancelled.
    public mutating func next() async {
        guard apart > .zero else { return }
        if let last { try? await clock.sleep(until: last.advanced(by: apart), tolerance: .zero) }
        last = clock.now
    }
}

extension Turns where Time == ContinuousClock {
    /// `apart` is the time from the beginning of one turn to that of the next at least; zero for what people wait for.
    public init(apart: Duration) { self.init(apart: apart, by: ContinuousClock()) }
}

/// How far apart a service's turns are, by what it does.
public struct Pace: Sendable {
    /// Handling what it hears of the other services.
    public var events: Duration
    /// Publishing what it says.
    public var relay: Duration

    public init(events: Duration, relay: Duration) {
        self.events = events
        self.relay = relay
    }

    /// Everything as soon as possible.
    public static let prompt = Pace(events: .zero, relay: .zero)
    /// Nobody waits for a tenth of a second.
    public static let calm = Pace(events: .milliseconds(100), relay: .milliseconds(100))
}
