import Foundation

/// How long to wait before another password may be tried.
///
/// What counts is who is tried from where: whoever guesses at somebody's password slows down themselves, not that
/// somebody, who signs in from another place as before. Guessing at many people from one place counts too, but never for
/// a person whom nobody has tried from there: a colleague behind the same address is let in at once.
enum SignInThrottle {
    /// How long a wrong password is remembered.
    static let window: TimeInterval = 60 * 60
    /// Wrong passwords for one person from one place that cost nothing.
    static let free = 4
    /// The same for all persons together.
    static let freeFromPlace = 50
    static let longest = 900

    /// How many seconds to wait; nil when another may be tried now.
    static func wait(person: [Date], place: [Date], now: Date) -> Int? {
        guard !person.isEmpty else { return nil }
        let waits = [left(person, free, now), left(place, freeFromPlace, now)].compactMap { $0 }
        return waits.max()
    }

    /// Five seconds after the first that is not free, twice as long after each further one.
    private static func left(_ attempts: [Date], _ free: Int, _ now: Date) -> Int? {
        let recent = attempts.filter { $0 > now.addingTimeInterval(-window) }
        guard recent.count > free, let last = recent.max() else { return nil }
        let delay = min(longest, 5 << min(recent.count - free - 1, 10))
        let left = last.addingTimeInterval(TimeInterval(delay)).timeIntervalSince(now)
        return left > 0 ? max(1, Int(left.rounded(.up))) : nil
    }
}

/// Too many wrong passwords.
struct Throttled: Error, Equatable {
    let retryAfterSeconds: Int
}
