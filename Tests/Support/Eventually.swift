import Foundation

/// Waits for a condition, and throws when it does not come in time; on a busy or slow machine there is more of it.
public func eventually(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let began = ContinuousClock.now
    while try await !condition() {
        guard began.duration(to: .now) < onThisMachine(limit) else {
            throw NeverCame(description: "it never came to be that \(what)")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// How long that takes here, now, which takes so long at most on a machine of our own.
///
/// Cores elsewhere may be half as quick, and more may want to run than there are cores.
public func onThisMachine(_ limit: Duration) -> Duration {
    let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    let load = text.split(separator: " ").first.flatMap { Double($0) } ?? 0
    let crowd = load / Double(ProcessInfo.processInfo.activeProcessorCount)
    return limit * (2 * min(8, max(1, crowd)))
}

/// What a test waited for.
public struct NeverCame: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}
