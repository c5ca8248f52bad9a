import Contracts
import Failures
import Foundation
import Logging
import Messaging
import Policies
import Postgres

/// Compares everybody who is known already, as whoever arrives is compared: after the policy of matching was changed, or
/// when an administrator wants it.
///
/// It is done beside everything else, a few people in each transaction, which also says how far it has come: whoever is
/// killed goes on there.
struct CompareStock: Sendable {
    private static let cause = Cause(actor: "system")

    let spine: Spine
    let find: FindMatches
    var atOnce = 100

    /// Somebody wants it.
    func order(_ work: Work) async throws {
        let store = StockComparisonStore(work.tx)
        if try await store.newest()?.isUnderWay == true {
            throw Rejection(.conflict, "comparison-under-way", "Everybody is being compared already.")
        }
        let version = try await PolicyStore(work.tx).current(MatchPolicy.self).version
        try await store.begin(policy: version, by: work.cause.actor, at: work.now)
    }

    /// Takes a step.
    /// - Returns: whether there is more to do at once.
    func callAsFunction() async throws -> Bool {
        do {
            return try await step(atMost: atOnce)
        } catch let error where Self.isOfTheirs(error) {
            return try await oneByOne()
        }
    }

    private func step(atMost limit: Int) async throws -> Bool {
        try await spine.perform(Self.cause) { work in
            guard var comparison = try await underWay(work) else { return false }
            let store = StockComparisonStore(work.tx)
            let persons = try await store.persons(of: comparison, atMost: limit)
            let conflicts = try await store.conflicts(of: persons)
            let found = try await find.look(at: Set(persons), conflicts, isAgain: true, work)
            comparison.advance(over: persons, finding: found, now: work.now)
            try store.save(comparison)
            return comparison.isUnderWay
        }
    }

    /// What there is to do, begun where the policy is another one than at the last time.
    private func underWay(_ work: Work) async throws -> StockComparison? {
        let store = StockComparisonStore(work.tx)
        let version = try await PolicyStore(work.tx).current(MatchPolicy.self).version
        guard var newest = try await store.newest(locking: true) else {
            // Under the first policy everybody was compared when they arrived.
            guard version > 1 else { return nil }
            try await store.begin(policy: version, by: work.cause.actor, at: work.now)
            return try await store.newest(locking: true)
        }
        guard newest.policyVersion != version else { return newest.isUnderWay ? newest : nil }
        if newest.isUnderWay {
            newest.endedAt = work.now
            try store.save(newest)
        }
        try await store.begin(policy: version, by: work.cause.actor, at: work.now)
        return try await store.newest(locking: true)
    }

    /// Only who cannot be compared is left out, not their neighbours.
    private func oneByOne() async throws -> Bool {
        for _ in 0..<atOnce {
            do {
                guard try await step(atMost: 1) else { return false }
            } catch let error where Self.isOfTheirs(error) {
                spine.logger.error("somebody could not be compared", metadata: ["error": "\(error)"])
                try await skip()
            }
        }
        return true
    }

    private func skip() async throws {
        try await spine.perform(Self.cause) { work in
            let store = StockComparisonStore(work.tx)
            guard var comparison = try await underWay(work) else { return }
            let persons = try await store.persons(of: comparison, atMost: 1)
            comparison.advance(over: persons, finding: FoundMatches(), now: work.now)
            comparison.skipped += persons.count
            try store.save(comparison)
        }
    }

    /// Whether the same again would fail the same, which is not so where the database is away.
    private static func isOfTheirs(_ error: any Error) -> Bool {
        if error is CancellationError { return false }
        return (error as? PostgresError).map { $0.retry == .never } ?? true
    }
}
