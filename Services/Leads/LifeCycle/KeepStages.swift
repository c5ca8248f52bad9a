import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Web

/// Keeps how far people have come, and tells when that changes.
///
/// Like rewards, it is reckoned from all that is known: what comes twice or late, and people who are joined and parted,
/// come out right by themselves.
struct KeepStages: Sendable {
    /// Somebody was spoken with, or came to see us.
    func contacted(_ contact: ContactLogged, _ work: Work) async throws {
        guard contact.isReached else { return }
        let leads = LeadStore(work.tx)
        var lead = try await leads.meant(contact.leadID, of: contact.uid)
        if lead == nil { lead = try await leads.newest(of: [contact.uid])[contact.uid] }
        guard let lead else { return }
        let isVisit = contact.kind == "visit"
        let mark = LifeMark(
            kind: isVisit ? .visit : .contact,
            ref: contact.contactID.description,
            grade: isVisit ? nil : lead.grade.rawValue,
            at: contact.contactedAt
        )
        try await LifeCycleStore(work.tx).add(mark, lead: contact.leadID ?? lead.id, uid: contact.uid)
        try await self([lead.uid], work)
    }

    /// Somebody has moved in.
    func handedOver(_ handover: HandoverCompleted, _ work: Work) async throws {
        let mark = LifeMark(
            kind: .handover,
            ref: handover.handoverID.description,
            contractID: handover.contractID,
            at: handover.completedAt
        )
        try await LifeCycleStore(work.tx).add(mark, lead: nil, uid: handover.uid)
        try await self([handover.uid], work)
    }

    /// A member of staff says how far somebody has come, or that it shall take its course again.
    func order(_ stage: LifeStage?, reason: String, for uid: UID, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        guard let reason = reason.withoutNUL.cleaned(atMost: 300) else {
            throw Rejection.invalid("reason", "missing", "reason says why, in at most 300 characters.")
        }
        let person = try await AliasStore(work.tx).survivor(of: uid)
        guard try await LeadQueryStore(work.tx).seesPerson(person, sight) else {
            throw Rejection.notFound("person", uid)
        }
        try await ErasureStore(work.tx).refuseErased([person])
        let order = LifeOrder(stage: stage, reason: reason, by: work.cause.actor, at: work.now)
        try await LifeCycleStore(work.tx).add(order, for: person)
        try await reckon(person, reason: reason, work)
    }

    /// Reckons anew for the persons for whom these UIDs stand.
    func callAsFunction(_ uids: [UID], _ work: Work) async throws {
        let persons = Set(try await AliasStore(work.tx).survivors(of: uids).values)
        for person in persons.sorted() { try await reckon(person, work) }
    }

    /// The stages, reckoned once more for everybody of whom anything speaks; why somebody came to one, and when, is what was
    /// said then.
    var projection: Projection {
        Projection(
            "life-cycles",
            in: [ProjectionTable("life_cycles", carrying: ["why", "since"])],
            build: { work, originals in
                let store = LifeCycleStore(work.tx)
                let policy = try await PolicyStore(work.tx).current(LifePolicy.self)
                var place: UID?
                while true {
                    let persons = try await store.concerned(after: place, originals, atMost: 500)
                    guard let last = persons.last?.uid else { return }
                    for (person, isKept) in persons {
                        let members = try await AliasStore(work.tx).everybody(behind: [person])
                        let now = LifeCycle.now(try await store.course(of: members), policy)
                        if now.stage != .potential || isKept { try store.add(now, of: person, at: work.now) }
                    }
                    place = last
                }
            }
        )
    }

    private func reckon(_ person: UID, reason: String? = nil, _ work: Work) async throws {
        let store = LifeCycleStore(work.tx)
        guard let before = try await store.locked(person) else { return }
        let members = try await AliasStore(work.tx).everybody(behind: [person])
        try store.drop(members.filter { $0 != person })
        let policy = try await PolicyStore(work.tx).current(LifePolicy.self)
        var now = LifeCycle.now(try await store.course(of: members), policy)
        guard now.stage != before.stage || (reason != nil && now.why != before.why) else { return }
        if now.stage < before.stage, reason == nil { now = now.takenBack(from: before.stage) }
        try store.save(now, of: person, at: work.now)
        guard now.stage != before.stage else { return }
        let event = PersonStageChanged(
            uid: person,
            from: before.stage.rawValue,
            to: now.stage.rawValue,
            note: reason,
            why: now.why
        )
        try await work.publish(event, about: person, uid: person)
    }
}
