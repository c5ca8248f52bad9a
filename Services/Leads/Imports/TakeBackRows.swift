import Contracts
import Foundation
import Messaging
import Policies

/// Takes back what the rows of a file said of people, and tells everybody who went by it.
///
/// A person is dealt with once, with everything that the file said of them; which rows that were is noted in the same
/// transaction, so that whoever goes on after a crash passes them over.
struct TakeBackRows: Sendable {
    let unmerge: UnmergePersons
    let keep: KeepTags
    let zone: TimeZone

    /// What events and decisions name as the reason.
    static let source = "import-undone"

    /// The next rows of the file.
    /// - Returns: the last of them, nil where there were none; and of how many people something was taken back.
    func callAsFunction(_ file: Import, atMost limit: Int, _ work: Work) async throws -> (last: Int64?, people: Int) {
        let store = TakeBackStore(work.tx)
        let rows = try await store.rows(of: file.id, after: file.row, limit: limit)
        guard let last = rows.last else { return (nil, 0) }
        let sides = try await locked(rows.map(\.lead), work)
        let sayings = try await sayings(on: sides, file, work)
        let since = try await store.since(sides.map(\.uid))
        let elsewhere = NamedIdentifiers(sayings)
        let tree = try await AliasStore(work.tx).tree(of: sides.map(\.uid))
        let corrections = try await store.corrections(of: sides.flatMap(\.leads).map(\.id))
        let plans = sides.map { side in
            let leads = Set(side.leads.map(\.id))
            let told = Set(side.tellings.compactMap(\.submissionID))
            let own = sayings.filter { leads.contains($0.submission.leadID) || told.contains($0.submission.id) }
            let corrected = corrections.filter { leads.contains($0.lead) }
            let after = TakeBack(side, own, corrected, elsewhere: elsewhere, since: since, tree: tree)
            return (before: side, after: after)
        }
        let changed = try await save(plans, without: sayings, work)
        try store.save(plans.flatMap(\.after.wishes))
        let leads = Set(sides.flatMap(\.leads).map(\.id))
        try await giveGradesBack(sayings.filter { leads.contains($0.submission.leadID) }, corrections, work)
        try await decide(plans, work)
        let tagged = try await tags(plans, work)
        // Also those of a person further down the file, and those of people who were forgotten meanwhile.
        try store.withdraw(rows.map(\.number) + plans.flatMap(\.after.taken).compactMap(\.row), of: file.id)
        return (last.number, changed.union(tagged.keys).count)
    }

    /// Whoever is one person only because one of the file's rows named both is two again.
    /// - Returns: whether there were any.
    func part(_ file: Import, _ work: Work) async throws -> Bool {
        let merges = try await TakeBackStore(work.tx).merges(by: file.id, atMost: 20)
        for merge in merges { try await unmerge(merge, different: false, work) }
        return !merges.isEmpty
    }

    /// Whose these leads are, and whoever was one person with them, locked and in order.
    private func locked(_ leads: [LeadID], _ work: Work) async throws -> [Side] {
        let persons = try await TakeBackStore(work.tx).persons(of: leads)
        let companions = try await MergeStore(work.tx).companions(of: persons)
        let now = Set(try await AliasStore(work.tx).survivors(of: persons.union(companions)).values)
        let present = try await TagSideStore(work.tx).present(among: now).sorted()
        guard !present.isEmpty else { return [] }
        let sides = SideStore(work.tx)
        try await sides.lock(present)
        let loaded = try await sides.load(present, locking: true)
        return present.compactMap { loaded[$0] }
    }

    private func sayings(on sides: [Side], _ file: Import, _ work: Work) async throws -> [Saying] {
        let store = TakeBackStore(work.tx)
        let conflicts = try await store.conflicts(of: sides.flatMap(\.members))
        let leads = sides.flatMap(\.leads).map(\.id) + (try await store.leads(of: conflicts))
        let read = ReadAgain(adapters: try await AdapterStore(work.tx).all(), zone: zone, now: work.now)
        return try await store.said(on: Set(leads).sorted(), file.id, read: read)
    }

    /// - Returns: who is known as somebody else now.
    private func save(
        _ plans: [(before: Side, after: TakeBack)],
        without sayings: [Saying],
        _ work: Work
    ) async throws -> Set<UID> {
        let tellings = TellingStore(work.tx)
        try tellings.remove(plans.flatMap(\.after.removedTellings))
        try tellings.put(plans.flatMap(\.after.changedTellings))
        let identifiers = plans.flatMap(\.after.removedIdentifiers).map(\.identifier)
        try TakeBackStore(work.tx).remove(identifiers)
        let changed = plans.filter { $0.before.person != $0.after.side.person }
        try await PersonStore(work.tx).save(changed.map(\.after.side.person), now: work.now)
        for (before, after) in changed {
            try await work.publishAnew(after.side.person, before: before.person, source: Self.source)
        }
        try await rematch(plans.map(\.before), without: sayings.filter(\.isWithdrawn), work)
        return Set(changed.map(\.before.uid))
    }

    /// Pairs that nothing speaks for any more are off the queue.
    private func rematch(_ sides: [Side], without gone: [Saying], _ work: Work) async throws {
        let matches = MatchStore(work.tx)
        let (uids, members) = (sides.map(\.uid), sides.flatMap(\.members))
        let subjects = try await matches.subjects(uids)
        try await matches.replace(subjects.mapValues(MatchKeys.of), of: uids)
        let reviews = try await ReviewStore(work.tx).everyWaiting(of: members)
        let people = Set(reviews.flatMap { [$0.pair.low, $0.pair.high] })
        let now = try await AliasStore(work.tx).survivors(of: people)
        let others = try await matches.subjects(Set(now.values))
        let submissions = Set(gone.map(\.submission.id))
        let began = gone.filter { $0.row != nil }.map(\.submission.receivedAt).min() ?? work.now
        let groundless = reviews.filter { review in
            if let submission = review.submissionID { return submissions.contains(submission) }
            guard review.foundAt >= began else { return false }
            guard let low = now[review.pair.low].flatMap({ others[$0] }),
                let high = now[review.pair.high].flatMap({ others[$0] })
            else { return false }
            return MatchRule.matching(low, high).isEmpty
        }
        try ReviewStore(work.tx).remove(groundless.map(\.id))
    }

    /// - Returns: how many tags each person has less, or older.
    private func tags(_ plans: [(before: Side, after: TakeBack)], _ work: Work) async throws -> [UID: Int] {
        // First what is still to be taken in, then the turn, as whoever takes it in does.
        try TakeBackStore(work.tx).dropTagsSaid(plans.flatMap(\.after.taken))
        let store = TagStore(work.tx)
        try await store.takeTurn()
        let persons = plans.flatMap { plan in plan.before.members.map { ($0, plan.before.uid) } }
        try TagSideStore(work.tx).gather(Dictionary(persons) { first, _ in first })
        let days = try await PolicyStore(work.tx).current(TagPolicy.self).value.enquiryDays
        let known = try await store.of(plans.map(\.before.uid))
        var left: [UID: [Tag]] = [:]
        var gone: [(uid: UID, tag: Tag)] = []
        var counts: [UID: Int] = [:]
        for (before, after) in plans {
            let tags = known[before.uid] ?? []
            let split = after.tags(tags, holding: days)
            left[before.uid] = split.left
            gone += split.gone.map { (before.uid, $0) }
            let changes = split.gone.count + split.left.count { !tags.contains($0) }
            if changes > 0 { counts[before.uid] = changes }
        }
        try store.remove(gone)
        try keep.save(left, insteadOf: known, work)
        let now = try await store.of(counts.keys)
        try await work.publish(counts.keys.sorted().map { PersonTagged(uid: $0, now[$0] ?? []).draft(work.cause) })
        return counts
    }
}
