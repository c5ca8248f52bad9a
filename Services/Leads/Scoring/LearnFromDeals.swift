import Contracts
import Messaging

/// Counts won and lost deals, and takes back what does not hold any more.
struct LearnFromDeals: Sendable {
    /// A deal of a lead came to an end: what was counted of it before, if anything was, is taken back first.
    func closed(_ deal: DealID, lead: LeadID, isWon: Bool, _ work: Work) async throws {
        let store = ScoreStore(work.tx)
        if let known = try await store.locked(deal) {
            guard known.isWon != isWon else { return }
            try await store.remove(known)
        }
        guard let facts = try await store.facts(of: [lead], isClosed: true)[lead]?.facts else { return }
        // What was to be said of it before anybody knew: only so does it tell how true that is.
        let predicted = try await store.model().score(facts)?.probability
        let one = ScoreStore.Case(dealID: deal, leadID: lead, isWon: isWon, facts: facts)
        try await store.add(one, predicted: predicted, at: work.now)
    }

    /// The counts, counted once more from the cases.
    static let projection = Projection(
        "score-counts",
        in: [ProjectionTable("score_counts")],
        settle: { try await ScoreStore($0.tx).dropUncounted() },
        build: { work, _ in try await ScoreStore(work.tx).countAll() }
    )

    /// A deal that had come to an end is under way again.
    func reopened(_ deal: DealID, _ work: Work) async throws {
        let store = ScoreStore(work.tx)
        guard let known = try await store.locked(deal) else { return }
        try await store.remove(known)
    }
}
