import Contracts
import Failures
import Messaging
import Policies
import Web

/// Why a lead is looked after again that was given up.
enum ReopenReason: String, Sendable, CaseIterable {
    /// They got in touch themselves.
    case calledBack = "called-back"
    /// It should not have been given up.
    case mistake
    /// There is something for them now.
    case newOffer = "new-offer"
    case other

    /// - Throws: a ``Rejection`` when there is no such reason.
    init(chosen text: String) throws {
        guard let reason = ReopenReason(rawValue: text) else {
            let known = ReopenReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw Rejection.invalid("reason", "unknown-reason", "reason is one of \(known).")
        }
        self = reason
    }
}

/// Opens a lead again that was given up: whose it was has it back, if they are there, else whom the rules find.
///
/// Its clocks begin anew: the first response's where nobody had spoken with the person yet, else that of what is to follow.
struct ReopenLead: Sendable {
    let place: PlaceLeads
    let nurture = Nurture()

    func callAsFunction(_ id: LeadID, reason: String, note: String?, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        let reason = try ReopenReason(chosen: reason)
        var lead = try await closed(id, sight, work)
        let former = lead.ownerID
        lead.status = lead.contactedAt == nil ? .open : .contacted
        lead.step = lead.status == .open ? .waiting : .stopped
        (lead.ownerID, lead.teamID, lead.pool) = (nil, nil, nil)
        let store = LeadStore(work.tx)
        let previous = try await store.discardReason(of: id)
        try await tell(lead, reason, note: note?.cleaned(atMost: 1_000), previous: previous, work)
        try await place.again(lead, former: former, work)
        try store.forgetDiscard(of: id)
        // Who has answered is left alone for a while by what is sent to everybody who did not buy.
        if reason == .calledBack { try await nurture.reconsider(lead.uid, repliedAt: work.now, work) }
    }

    /// The lead that was given up, locked after its person, as the intake does: so no other is opened meanwhile.
    private func closed(_ id: LeadID, _ sight: Sight, _ work: Work) async throws -> Lead {
        let store = LeadStore(work.tx)
        guard let seen = try await store.all([id]).first, sight.sees(seen.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        try await SideStore(work.tx).lock([seen.uid])
        try await ErasureStore(work.tx).refuseErased([seen.uid])
        guard let lead = try await store.locked(id), lead.uid == seen.uid else { throw SideStore.lostRace }
        guard lead.status == .discarded else {
            throw Rejection(.conflict, "lead-not-discarded", "Only a lead that was given up is opened again.")
        }
        guard try await store.open(of: lead.uid) == nil else {
            throw Rejection(.conflict, "has-open-lead", "The person has an open lead already.")
        }
        return lead
    }

    private func tell(
        _ lead: Lead,
        _ reason: ReopenReason,
        note: String?,
        previous: String?,
        _ work: Work
    ) async throws {
        var inputs = ["by": work.cause.actor, "grade": lead.grade.rawValue]
        inputs["discarded"] = previous
        let why = Contracts.Why(
            rule: "reopen.\(reason.rawValue)",
            version: 1,
            inputs: inputs,
            otherwise: "A new enquiry would have opened another lead."
        )
        try await DecisionStore(work.tx).insert(
            [try .init(leadID: lead.id, kind: "reopen", outcome: lead.status.rawValue, why: why)],
            actor: work.cause.actor,
            now: work.now
        )
        let event = LeadReopened(
            leadID: lead.id,
            uid: lead.uid,
            reason: reason.rawValue,
            note: note,
            previous: previous,
            isContacted: lead.status == .contacted,
            why: why
        )
        try await work.publish(event, about: lead.id, uid: lead.uid)
    }
}

extension PlaceLeads {
    /// Gives a locked lead that nobody has to whose it was, where they are free or have taken it up themselves; else to
    /// whom the rules find, or into the pool that they name.
    func again(_ lead: Lead, former: StaffID?, _ work: Work) async throws {
        let ground = try await RosterStore(work.tx).locked(at: work.now)
        let isOwnDoing = former != nil && former == work.cause.staffID
        if let former, let agent = ground.roster.agents[former], agent.isFree || isOwnDoing {
            let why = Contracts.Why(
                rule: "assign.reopened",
                version: 1,
                inputs: ["by": work.cause.actor, "previousOwner": former.description],
                otherwise: "Had they not been free, the rules would have found somebody."
            )
            let assignment = Assignment(ownerID: former, teamID: agent.teamID, why: why)
            _ = try await put([(lead, assignment)], Manner(isOwnDoing: isOwnDoing), ground.targets, work)
            return
        }
        let barred = try await PoolStore(work.tx).barred(from: [lead], at: work.now)
        try await place([lead], Manner(mayPool: true, barred: barred), work)
    }
}

/// For what reason a lead is opened again.
struct ReopenAct: ReasonedLeadAct {
    static let path = "reopen"
    static let done = "leads.reopened"

    let reason: String
    let note: String?

    func carryOut(on id: LeadID, _ app: LeadsApp, _ sight: Sight, _ work: Work) async throws {
        try await app.reopenLead(id, reason: reason, note: note, sight, work)
    }
}
