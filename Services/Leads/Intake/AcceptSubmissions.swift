import Contracts
import Foundation
import Messaging

/// Takes submissions in: ledger, person, grade, owner, clock and events, for a whole batch in a handful of statements.
///
/// Locks in one order wherever it runs: identifiers, persons, leads, rotation, streams, chains.
struct AcceptSubmissions: Sendable {
    /// Told of the leads that are new, once they are committed.
    let announce: @Sendable ([Lead]) -> Void

    /// - Returns: the ledger row of each submission, in order.
    @discardableResult
    func callAsFunction(_ received: [ReceivedSubmission], _ work: Work) async throws -> [UUID] {
        try await self(received.map { ParsedSubmission($0, now: work.now) }, work)
    }

    /// - Returns: the ledger row of each submission, in order.
    @discardableResult
    func callAsFunction(_ parsed: [ParsedSubmission], _ work: Work) async throws -> [UUID] {
        let channels = try await ChannelStore(work.tx).all()
        let reader = SubmissionReader(channels: channels, now: work.now)
        let submissions = parsed.map(reader.judge)
        let ledger = LedgerStore(work.tx)
        var sorted = LedgerSorting(submissions, known: try await ledger.known(Set(submissions.map(\.ledgerKey))))

        let (everybody, claimed) = try await identify(sorted.fresh, work)
        // Whoever filed one of them meanwhile had its identifiers locked until now.
        try sorted.add(try await ledger.known(Set(sorted.fresh.map(\.ledgerKey))), claimed: claimed)
        let fresh = Set(sorted.fresh.map(\.received.id))
        let identities = everybody.filter { fresh.contains($0.submission) }
        let ground = try await ground(identities, before: claimed, channels, work)
        var plan = IntakePlan(ground)
        var next = identities.makeIterator()
        for submission in sorted.fresh {
            if let enquiry = submission.enquiry, let identity = next.next() {
                plan.take(submission, enquiry, of: identity.who)
            } else {
                plan.reject(submission)
            }
        }
        try await save(plan, ground, identities, work)
        try await work.publish(plan.events.map(\.draft))
        // Last, because it locks the end of the channels' chains: batches that come at once wait for one another here.
        try await ledger.insert(plan.ledger + sorted.duplicates, now: work.now)
        // After that, since a submission may be repeated within the batch that brings it first.
        try await ledger.count(sorted.repeats, now: work.now)
        let counts = IntakeCounts(
            plan.ledger + sorted.duplicates,
            repeats: sorted.repeated,
            channels: Set(channels.keys)
        )
        let arrived = plan.arrived
        work.afterCommit { counts.record() }
        if !arrived.isEmpty { work.afterCommit { announce(arrived) } }
        return sorted.receipts
    }

    /// Whose each enquiry is, in their order, with their identifiers locked; and those identifiers that are new.
    private func identify(
        _ fresh: [ReadSubmission],
        _ work: Work
    ) async throws -> (identities: [Identity], claimed: Set<PersonIdentifier>) {
        let enquiries = fresh.compactMap { submission in
            submission.enquiry.map { (id: submission.received.id, identifiers: $0.identifiers, name: $0.name) }
        }
        guard !enquiries.isEmpty else { return ([], []) }
        var proposing = IdentityResolver()
        let proposals = enquiries.map { proposing.resolve($0.identifiers, orElse: UID(.v7(at: work.now))).uid }
        let persons = PersonStore(work.tx)
        let owners = try await persons.claim(proposing.owners, now: work.now)
        let proposed = Set(proposals)
        let known = owners.filter { !proposed.contains($0.value.uid) }
        let different = try await different(enquiries.map(\.identifiers), known, work)
        var resolver = IdentityResolver(known: known, different: different)
        let identities = zip(enquiries, proposals).map { enquiry, proposal in
            let found = resolver.resolve(enquiry.identifiers, name: enquiry.name, orElse: proposal)
            return Identity(submission: enquiry.id, who: found, isNew: proposed.contains(found.uid))
        }
        try await persons.reassign(resolver.owners.filter { owners[$0.key] != $0.value })
        return (identities, Set(owners.filter { proposed.contains($0.value.uid) }.keys))
    }

    /// Who of those that one enquiry speaks of have been said to be different people: asked only where one speaks of two.
    private func different(
        _ enquiries: [[PersonIdentifier]],
        _ known: [PersonIdentifier: Holder],
        _ work: Work
    ) async throws -> DifferentPeople {
        let several = enquiries.map { Set($0.compactMap { known[$0]?.uid }) }.filter { $0.count > 1 }
        let persons = several.reduce(into: Set<UID>()) { $0.formUnion($1) }
        let pairs = try await AliasStore(work.tx).different(among: persons)
        guard !pairs.isEmpty else { return DifferentPeople() }
        return DifferentPeople(pairs, names: try await PersonStore(work.tx).names(of: persons))
    }

    private struct Identity {
        let submission: UUID
        let who: IdentityResolver.Resolution
        /// A person of whom nothing is stored yet.
        let isNew: Bool
    }

    /// What the batch meets: the persons as they were `before` their new identifiers were claimed.
    private func ground(
        _ identities: [Identity],
        before claimed: Set<PersonIdentifier>,
        _ channels: [String: Channel],
        _ work: Work
    ) async throws -> IntakePlan.Ground {
        guard !identities.isEmpty else { return IntakePlan.Ground(channels: channels, now: work.now) }
        let known = Set(identities.filter { !$0.isNew }.map(\.who.uid))
        // What was claimed just now is not what was known before.
        let persons = try await PersonStore(work.tx).locked(known).mapValues { $0.without(claimed) }
        let leads = try await LeadStore(work.tx).newest(of: known)
        let grading = GradeStore(work.tx)
        let grades = try await grading.table()
        let graded = try await grading.inputs(of: leads.values.filter(\.status.isOpen).map(\.id))
        // Last, because from here on nobody else assigns.
        let needsOwner = identities.contains { leads[$0.who.uid]?.status.isOpen != true }
        let assigning = needsOwner ? try await RosterStore(work.tx).locked(at: work.now) : nil
        return IntakePlan.Ground(
            channels: channels,
            persons: persons,
            joined: known.isEmpty ? [] : try await AliasStore(work.tx).joined(among: known),
            leads: leads,
            roster: assigning?.roster ?? Roster(rules: RuleSet([]), agents: []),
            targets: try await targets(assigning, work),
            grades: grades,
            graded: graded,
            standIns: try await standIns(for: leads.values, assigning, work),
            tags: assigning?.roster.rules.asks(for: .tag) == true
                ? try await KnownTagStore(work.tx).known(of: known) : nil,
            stages: assigning?.roster.rules.asks(for: .stage) == true
                ? try await LifeCycleStore(work.tx).stages(of: known) : [:],
            now: work.now
        )
    }

    /// Who leads those that are on leave, of whose customers one has written again.
    private func standIns(
        for leads: some Sequence<Lead>,
        _ assigning: RosterStore.Ground?,
        _ work: Work
    ) async throws -> [StaffID: StaffID] {
        let owned = leads.filter { $0.status == .contacted && $0.ownerID != nil }
        guard !owned.isEmpty else { return [:] }
        let everybody: [Agent] =
            if let assigning { Array(assigning.roster.agents.values) } else {
                try await RosterStore(work.tx).everybody(at: work.now)
            }
        let onLeave = Set(everybody.filter { $0.absence == .onLeave }.map(\.id))
        let posts = owned.filter { $0.ownerID.map(onLeave.contains) == true }.map { StaffStore.Post(of: $0) }
        guard !posts.isEmpty else { return [:] }
        let managers = try await StaffStore(work.tx).managers(of: Array(Set(posts)))
        return Dictionary(managers.compactMap { post, manager in post.agent.map { ($0, manager) } }) { first, _ in first
        }
    }

    /// The policies were read with the roster, where that was wanted.
    private func targets(_ assigning: RosterStore.Ground?, _ work: Work) async throws -> ResponseTargets {
        if let assigning { return assigning.targets }
        return try await ResponseTargets.load(work.tx, at: work.now)
    }

    private func save(
        _ plan: IntakePlan,
        _ ground: IntakePlan.Ground,
        _ identities: [Identity],
        _ work: Work
    ) async throws {
        let persons = PersonStore(work.tx)
        let changed = plan.changedPersons
        try await persons.save(changed, now: work.now)
        try TellingStore(work.tx).insert(plan.tellings)
        let conflicts = identities.flatMap { identity in
            identity.who.conflicts.map { MatchQuestion.Conflict($0, identity.submission) }
        }
        let question = MatchQuestion(persons: plan.newLeads.map(\.lead.uid) + changed.map(\.uid), conflicts: conflicts)
        try await NewLeadStore(work.tx).insert(plan.newLeads, now: work.now)
        try await LeadStore(work.tx).touch(plan.touches, now: work.now)
        try TagStore(work.tx).say(plan.said, at: work.now)
        try await GradeStore(work.tx).save(Array(plan.regrades.values), actor: work.cause.actor, now: work.now)
        let called = plan.regrades.values.map(\.lead).filter { $0.status == .contacted }
        if !called.isEmpty { try await KeepFollowUps().regraded(called, work) }
        try await RosterStore(work.tx).save(
            plan.roster,
            since: ground.roster,
            leads: plan.newLeads.map(\.lead.id),
            now: work.now
        )
        try await Offers.make(plan.newLeads.map { ($0.lead, $0.assignment) }, work)
        try await work.timers.set(try clocks(plan) + question.timers(at: work.now))
    }

    /// First calls, those that are due sooner than they were, and codes that were named.
    private func clocks(_ plan: IntakePlan) throws -> [TimerDraft] {
        let first = try plan.newLeads.map { new in
            try TimerDraft(
                ResponseTarget.timerKind,
                key: new.lead.id,
                at: new.lead.responseDueAt,
                cause: Cause(actor: "system", correlationID: new.submissionID.wire)
            )
        }
        let sooner = try plan.regrades.values.compactMap {
            try $0.timer(Cause(actor: "system", correlationID: $0.lead.id.description))
        }
        let named = try plan.named.map { try $0.code.timer($0.submission.received.id, $0.submission.cause) }
        return first + sooner + named
    }
}
