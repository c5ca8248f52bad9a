/// One call of ``Publisher/publish(_:patience:)``, as it was left for the connection's thread.
struct PublishRequest: Sendable {
    let messages: [Message]
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<[PublishOutcome], Never>

    func end(with outcome: PublishOutcome) {
        continuation.resume(returning: messages.map { _ in outcome })
    }
}

/// The same call on the connection's thread: which messages are sent, and what became of each.
final class PublishCall {
    let id: UInt64
    let deadline: ContinuousClock.Instant
    /// The first message that is not sent yet.
    private(set) var next = 0
    private var messages: [Message]
    private var outcomes: [PublishOutcome?]
    private var unknown: Int
    private let continuation: CheckedContinuation<[PublishOutcome], Never>

    init(_ request: PublishRequest, id: UInt64) {
        self.id = id
        deadline = request.deadline
        messages = request.messages
        outcomes = Array(repeating: nil, count: request.messages.count)
        unknown = request.messages.count
        continuation = request.continuation
    }

    /// Every outcome is known and was told.
    var isOver: Bool { unknown == 0 }

    var unsent: Message? { next < messages.count ? messages[next] : nil }

    func advance() { next += 1 }

    /// The first outcome of a message counts: an answer that comes after the caller's patience has ended is too late.
    func settle(_ index: Int, _ outcome: PublishOutcome) {
        guard !isOver, outcomes[index] == nil else { return }
        outcomes[index] = outcome
        unknown -= 1
        if isOver { tell() }
    }

    /// Ends whatever is still unknown.
    func settleRest(_ outcome: PublishOutcome) {
        guard !isOver else { return }
        for index in outcomes.indices where outcomes[index] == nil { outcomes[index] = outcome }
        unknown = 0
        tell()
    }

    private func tell() {
        messages = []
        continuation.resume(returning: outcomes.compactMap(\.self))
        outcomes = []
    }
}
