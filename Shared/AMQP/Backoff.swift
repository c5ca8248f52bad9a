/// How long to wait before connecting again: full jitter below a ceiling that doubles from 0.2 to 30 seconds.
///
/// Full jitter keeps a crowd of clients from coming back in step after a broker's restart.
struct Backoff {
    private static let first = 0.2
    private static let longest = 30.0

    /// Attempts since the connection was last healthy for a while.
    private(set) var attempts = 0

    /// The upper end of the next delay in seconds.
    var ceiling: Double {
        var ceiling = Self.first
        for _ in 0..<min(attempts, 10) { ceiling *= 2 }
        return min(ceiling, Self.longest)
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let delay = Double.random(in: 0...ceiling, using: &generator)
        attempts += 1
        return .seconds(delay)
    }

    /// Starts over when the connection that has just ended lasted for a minute.
    mutating func connectionLasted(_ time: Duration) {
        if time >= .seconds(60) { attempts = 0 }
    }
}
