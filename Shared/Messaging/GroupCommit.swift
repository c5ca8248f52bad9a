import Postgres
import Synchronization

/// Does in one transaction what comes while the one before is under way.
///
/// A single item is done at once; under load the batches grow by themselves. Every caller is answered when its own item
/// is done. A batch that fails is done item by item, so that nobody suffers for a neighbour; one that fails because the
/// database cannot be reached fails for all.
public final class GroupCommit<Item: Sendable, Answer: Sendable>: Sendable {
    private struct Waiting: Sendable {
        let item: Item
        let caller: CheckedContinuation<Answer, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWorking = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let turnsApart: Duration
    private let body: @Sendable ([Item]) async throws -> [Answer]

    /// `body` does at most `limit` items, in the order in which they came, and answers each at its place.
    ///
    /// `turnsApart` is the time between the beginnings of two transactions at least; what comes after a rest is done at once.
    public init(
        limit: Int = 200,
        turnsApart: Duration = .zero,
        _ body: @escaping @Sendable ([Item]) async throws -> [Answer]
    ) {
        self.limit = limit
        self.turnsApart = turnsApart
        self.body = body
    }

    /// How many items wait for the transaction after the present one.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Does one item, together with others that come at the same time.
    ///
    /// A caller's cancellation does not stop it, since others depend on the same transaction.
    /// - Throws: what `body` throws for this item.
    public func callAsFunction(_ item: Item) async throws -> Answer {
        try await withCheckedThrowingContinuation { caller in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(item: item, caller: caller))
                defer { state.isWorking = true }
                return !state.isWorking
            }
            // No caller's task: its cancellation must not reach the others.
            if isFirst { Task { await work() } }
        }
    }

    private func work() async {
        var turns = Turns(apart: turnsApart)
        await turns.next()
        while let batch = next() {
            await settle(batch)
            await turns.next()
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            let batch = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func settle(_ batch: [Waiting]) async {
        do {
            let answers = try await body(batch.map(\.item))
            precondition(answers.count == batch.count, "each item has one answer")
            for (one, answer) in zip(batch, answers) { one.caller.resume(returning: answer) }
        } catch {
            if batch.count == 1 || error.databaseRetry == .whenReachable {
                for one in batch { one.caller.resume(throwing: error) }
            } else {
                for one in batch { await settle([one]) }
            }
        }
    }
}
