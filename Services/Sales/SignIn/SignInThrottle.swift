import Foundation

/// Five wrong passwords for one address in a quarter of an hour are enough.
enum SignInThrottle {
    static let limit = 5
    static let window: TimeInterval = 15 * 60

    /// How many seconds to wait, given the attempts within the window; nil when another may be made now.
    static func wait(after attempts: [Date], now: Date) -> Int? {
        let recent = attempts.filter { $0 > now.addingTimeInterval(-window) }.sorted()
        guard recent.count >= limit else { return nil }
        // One place is free again when the oldest of the last five is out of the window.
        let freed = recent[recent.count - limit].addingTimeInterval(window)
        return max(1, Int(freed.timeIntervalSince(now).rounded(.up)))
    }
}

/// Too many wrong passwords for this address.
struct Throttled: Error, Equatable {
    let retryAfterSeconds: Int
}
