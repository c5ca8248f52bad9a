import Contracts
import Foundation
import Messaging
import Policies

/// Answers whether persons are known already: joins who is the same for certain, and puts who probably is up for review.
struct FindMatches: Sendable {
    let merge: MergePersons

    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let questions = try timers.map { try $0.payload(MatchQuestion.self) }
        let store = MatchStore(work.tx)
        // Two who arrive at once are found by whoever comes second.
        try await store.takeTurn()
        for conflict in questions.flatMap(\.conflicts) { try await settle(conflict, work) }
        try await look(at: Set(questions.flatMap(\.persons)), work)
    }

    /// One submission spoke of two: they are joined when nothing speaks against it.
    private func settle(_ conflict: MatchQuestion.Conflict, _ work: Work) async throws {
        // What its file has taken back meanwhile names nobody any more.
        guard try await !TakeBackStore(work.tx).isTakenBack(conflict.submission) else { return }
        let aliases = AliasStore(work.tx)
        let now = try await aliases.survivors(of: [conflict.kept, conflict.other])
        guard let one = now[conflict.kept], let other = now[conflict.other], one != other else { return }
        let pair = UIDPair(one, other)
        guard try await aliases.different(among: [one, other]).isEmpty else { return }
        let policy = try await PolicyStore(work.tx).current(MatchPolicy.self)
        let names = try await PersonStore(work.tx).names(of: [one, other])
        let why = MatchRule.why([.oneSubmission], policy: policy.version)
        let review = Review(pair, why: why, submissionID: conflict.submission, foundAt: work.now)
        if policy.value.joinsCertain, MatchRule.isCertain(names[one], names[other]) {
            try await merge(pair.high, into: pair.low, why: why, because: conflict.submission, work)
        } else {
            try await ReviewStore(work.tx).insert([review])
        }
    }

    private func look(at uids: Set<UID>, _ work: Work) async throws {
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
        guard !pairs.isEmpty else { return }
        let persons = Set(pairs.flatMap { [$0.low, $0.high] })
        let others = try await store.subjects(persons.filter { subjects[$0] == nil })
        let all = subjects.merging(others) { first, _ in first }
        let different = try await aliases.different(among: persons)
        let reviews = pairs.subtracting(different).compactMap { pair -> Review? in
            guard let low = all[pair.low], let high = all[pair.high] else { return nil }
            let rules = MatchRule.matching(low, high)
            guard !rules.isEmpty else { return nil }
            return Review(pair, why: MatchRule.why(rules, policy: policy.version), foundAt: work.now)
        }
        try await ReviewStore(work.tx).insert(reviews)
    }
}
