import Contracts
import Foundation
import Messaging
import Policies

/// Answers whether persons are known already: joins who is the same for certain, and puts who probably is up for review.
struct FindMatches: Sendable {
    let merge: MergePersons

    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let questions = try timers.map { try $0.payload(MatchQuestion.self) }
        try await look(at: Set(questions.flatMap(\.persons)), questions.flatMap(\.conflicts), work)
    }

    /// Looks at people, and at those of whom one submission spoke together.
    ///
    /// Who is looked at `isAgain` is not put up a second time by a UID that they had before.
    @discardableResult
    func look(
        at persons: Set<UID>,
        _ conflicts: [MatchQuestion.Conflict],
        isAgain: Bool = false,
        _ work: Work
    ) async throws -> FoundMatches {
        // Two who arrive at once are found by whoever comes second.
        try await MatchStore(work.tx).takeTurn()
        var found = FoundMatches()
        for conflict in conflicts {
            switch try await settle(conflict, work) {
            case .joined: found.joined += 1
            case .doubtful(let review): found.proposed += try await propose([review], isAgain, work)
            case .nothing: break
            }
        }
        found.proposed += try await propose(try await probable(persons, work), isAgain, work)
        return found
    }

    /// Puts pairs up for review.
    /// - Returns: how many are new.
    private func propose(_ reviews: [Review], _ isAgain: Bool, _ work: Work) async throws -> Int {
        guard !reviews.isEmpty else { return 0 }
        let store = ReviewStore(work.tx)
        guard isAgain else { return try await store.insert(reviews) }
        let waiting = try await store.waitingPairs(among: Set(reviews.flatMap { [$0.pair.low, $0.pair.high] }))
        return try await store.insert(reviews.filter { !waiting.contains($0.pair) })
    }

    /// What became of two of whom one submission spoke.
    private enum Settled {
        case joined
        case doubtful(Review)
        case nothing
    }

    /// One submission spoke of two: they are joined when nothing speaks against it.
    private func settle(_ conflict: MatchQuestion.Conflict, _ work: Work) async throws -> Settled {
        // What its file has taken back meanwhile names nobody any more.
        guard try await !TakeBackStore(work.tx).isTakenBack(conflict.submission) else { return .nothing }
        let aliases = AliasStore(work.tx)
        let now = try await aliases.survivors(of: [conflict.kept, conflict.other])
        guard let one = now[conflict.kept], let other = now[conflict.other], one != other else { return .nothing }
        let pair = UIDPair(one, other)
        guard try await aliases.different(among: [one, other]).isEmpty else { return .nothing }
        let policy = try await PolicyStore(work.tx).current(MatchPolicy.self)
        let names = try await PersonStore(work.tx).names(of: [one, other])
        let why = MatchRule.why([.oneSubmission], policy: policy.version)
        guard policy.value.joinsCertain, MatchRule.isCertain(names[one], names[other]) else {
            return .doubtful(Review(pair, why: why, submissionID: conflict.submission, foundAt: work.now))
        }
        try await merge(pair.high, into: pair.low, why: why, because: conflict.submission, work)
        return .joined
    }

    /// With whom these share enough to be looked at together.
    private func probable(_ uids: Set<UID>, _ work: Work) async throws -> [Review] {
        let store = MatchStore(work.tx)
        let aliases = AliasStore(work.tx)
        let asked = Set(try await aliases.survivors(of: uids).values)
        let subjects = try await store.subjects(asked)
        let keys = subjects.mapValues(MatchKeys.of)
        try await store.add(keys)
        let policy = try await PolicyStore(work.tx).current(MatchPolicy.self)
        let sharing = try await store.sharing(keys, atMost: policy.value.hitLimit)
        let survivors = try await aliases.survivors(of: Set(sharing.flatMap { [$0.low, $0.high] }))
        let pairs = Set(
            sharing.compactMap { pair -> UIDPair? in
                guard let one = survivors[pair.low], let other = survivors[pair.high], one != other else { return nil }
                return UIDPair(one, other)
            }
        )
        guard !pairs.isEmpty else { return [] }
        let persons = Set(pairs.flatMap { [$0.low, $0.high] })
        let others = try await store.subjects(persons.filter { subjects[$0] == nil })
        let all = subjects.merging(others) { first, _ in first }
        let different = try await aliases.different(among: persons)
        return pairs.subtracting(different).compactMap { pair -> Review? in
            guard let low = all[pair.low], let high = all[pair.high] else { return nil }
            let rules = MatchRule.matching(low, high)
            guard !rules.isEmpty else { return nil }
            return Review(pair, why: MatchRule.why(rules, policy: policy.version), foundAt: work.now)
        }
    }
}
