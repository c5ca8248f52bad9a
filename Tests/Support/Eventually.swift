/// Waits for a condition, and throws when it does not come in time.
public func eventually(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverCame(description: "it never came to be that \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// What a test waited for.
public struct NeverCame: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}
