/// A technical failure, with the step that it interrupted.
public struct Failure: Error, CustomStringConvertible {
    /// What was being done, as a phrase: "store the lead".
    public let step: String
    /// What went wrong.
    public let cause: any Error

    public init(step: String, cause: any Error) {
        self.step = step
        self.cause = cause
    }

    public var description: String { "\(step): \(cause)" }
}

/// Runs one step of a use case and says which step it was when it fails.
///
/// A ``Rejection`` and a cancellation pass as they are: neither is a failure.
public func step<Result>(_ name: String, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let rejection as Rejection {
        throw rejection
    } catch let cancellation as CancellationError {
        throw cancellation
    } catch {
        throw Failure(step: name, cause: error)
    }
}
