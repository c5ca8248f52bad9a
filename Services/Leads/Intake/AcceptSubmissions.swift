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
        let sorted = LedgerSorting(submissions, known: try await ledger.known(Set(submissions.map(\.ledgerKey))))

        let (identities, claimed) = try await identify(sorted.fresh, work)
        // Whoever filed one of them meanwhile had its identifiers locked until now: better found out here than at the end.
        try await ledger.refuseKnown(sorted.fresh)
        let ground = try await ground(identities, before: claimed, channels, work)
        var plan = IntakePlan(ground)
        var next = identities.makeIterator()
        for submission in sorted.fresh {
            if let enquiry = submission.enquiry, let identity = next.next() {
                plan.take(submission, enquiry, of: identity.uid)
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
            submission.enquiry.map { (id: submission.received.id, identifiers: $0.identifiers) }
        }
        guard !enquiries.isEmpty else { return ([], []) }
        var proposing = IdentityResolver()
        let proposals = enquiries.map { proposing.resolve($0.identifiers, orElse: UID(.v7(at: work.now))).uid }
        let persons = PersonStore(work.tx)
        let owners = try await persons.claim(proposing.owners, now: work.now)
        let proposed = Set(proposals)
        var resolver = IdentityResolver(known: owners.filter { !proposed.contains($0.value) })
        let identities = zip(enquiries, proposals).map { enquiry, proposal in
            let found = resolver.resolve(enquiry.identifiers, orElse: proposal)
            return Identity(
                submission: enquiry.id,
                uid: found.uid,
                isNew: proposed.contains(found.uid),
                conflicts: found.conflicts
            )
        }
        try await persons.reassign(resolver.owners.filter { owners[$0.key] != $0.value })
        return (identities, Set(owners.filter { proposed.contains($0.value) }.keys))
    }

    private struct Identity {
        let submission: UUID
        let uid: UID
        /// A person of whom nothing is stored yet.
        let isNew: Bool
        let conflicts: [IdentityResolver.Conflict]
    }

    /// What the batch meets: the persons as they were `before` their new identifiers were claimed.
    private func ground(
        _ identities: [Identity],
        before claimed: Set<PersonIdentifier>,
        _ channels: [String: Channel],
        _ work: Work
    ) async throws -> IntakePlan.Ground {
        guard !identities.isEmpty else {
            return IntakePlan.Ground(
                channels: channels,
                persons: [:],
                leads: [:],
                roster: Roster(rules: RuleSet([]), agents: []),
                targets: .standard,
                now: work.now
            )
        }
        let known = Set(identities.filter { !$0.isNew }.map(\.uid))
        // What was claimed just now is not what was known before.
        let persons = try await PersonStore(work.tx).locked(known).mapValues { $0.without(claimed) }
        let leads = try await LeadStore(work.tx).newest(of: known)
        let needsOwner = identities.contains { leads[$0.uid]?.status.isOpen != true }
        let assigning = needsOwner ? try await RosterStore(work.tx).locked(at: work.now) : nil
        return IntakePlan.Ground(
            channels: channels,
            persons: persons,
            leads: leads,
            roster: assigning?.roster ?? Roster(rules: RuleSet([]), agents: []),
            targets: assigning.map { ResponseTargets($0.policies) } ?? .standard,
            now: work.now
        )
    }

    private func save(
        _ plan: IntakePlan,
        _ ground: IntakePlan.Ground,
        _ identities: [Identity],
        _ work: Work
    ) async throws {
        let persons = PersonStore(work.tx)
        try await persons.save(plan.changedPersons, now: work.now)
        try await persons.note(
            identities.flatMap { identity in identity.conflicts.map { ($0, identity.submission) } },
            now: work.now
        )
        try await NewLeadStore(work.tx).insert(plan.newLeads, now: work.now)
        try await LeadStore(work.tx).touch(plan.touches, now: work.now)
        try await RosterStore(work.tx).save(
            plan.roster,
            since: ground.roster,
            leads: plan.newLeads.map(\.lead.id),
            now: work.now
        )
        try await Offers.make(plan.newLeads.map { ($0.lead, $0.assignment) }, work)
        try await work.timers.set(
            plan.newLeads.map { new in
                try TimerDraft(
                    ResponseTarget.timerKind,
                    key: new.lead.id,
                    at: new.lead.responseDueAt,
                    cause: Cause(actor: "system", correlationID: new.submissionID.wire)
                )
            }
        )
    }
}
