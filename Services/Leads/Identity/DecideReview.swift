import Contracts
import Failures
import Foundation
import Messaging

/// What somebody decides of two who may be one person.
struct DecideReview: Sendable {
    enum Decision: String, Sendable, CaseIterable {
        case merge
        case different
        case later
    }

    let merge: MergePersons

    func callAsFunction(_ id: UUID, _ decision: Decision, keep: UID? = nil, _ work: Work) async throws {
        let store = ReviewStore(work.tx)
        guard let review = try await store.locked(id) else { throw Rejection.notFound("review", id.wire) }
        guard review.isWaiting else {
            throw Rejection(
                .conflict,
                "review-decided",
                "Somebody has decided this already: \(review.status.rawValue)."
            )
        }
        switch decision {
        case .later: try store.decide(id, .later, by: work.cause.actor, now: work.now)
        case .different: try await pin(review.pair, work)
        case .merge:
            let kept = keep == review.pair.high ? review.pair.high : review.pair.low
            let other = kept == review.pair.low ? review.pair.high : review.pair.low
            try await merge(other, into: kept, why: Merge.byHand(review.why), work)
            try store.decide(id, .merged, by: work.cause.actor, now: work.now)
        }
    }

    /// Puts two up for whoever sees both; nothing happens where that has been decided or waits already.
    func propose(_ pair: UIDPair, _ work: Work) async throws {
        let why = Why(rule: "identity.proposed", version: 1, inputs: ["by": work.cause.actor])
        try await ReviewStore(work.tx).insert([Review(pair, why: why, foundAt: work.now)])
    }

    /// These are different people, until somebody who sees both takes that back.
    func pin(_ pair: UIDPair, _ work: Work) async throws {
        let aliases = AliasStore(work.tx)
        let now = try await aliases.survivors(of: [pair.low, pair.high])
        guard now[pair.low] != now[pair.high] else {
            throw Rejection(.conflict, "same-person", "They are one person already: take the merge back first.")
        }
        try aliases.pin(pair, by: work.cause.actor, now: work.now)
        try ReviewStore(work.tx).markDifferent(pair, by: work.cause.actor, now: work.now)
    }
}

extension Merge {
    /// Why somebody made one person of two, by what they were shown.
    static func byHand(_ evidence: Why? = nil) -> Why {
        Why(
            rule: "identity.by-hand",
            version: 1,
            inputs: ["evidence": evidence?.rule ?? "none"],
            otherwise: "Marked as different people, they would have stayed two."
        )
    }
}
