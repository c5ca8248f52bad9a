import Contracts
import Failures
import Foundation
import Messaging

/// Forgets a person, with everybody who was merged into them: no name, number, address or word of theirs is left, and every
/// count stays as it was.
struct ErasePerson: Sendable {
    let place: PlaceLeads
    let settleReferrals = SettleReferrals()

    func callAsFunction(_ named: UID, reason: String, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: named)
        let files = ImportErasureStore(work.tx)
        try await files.lockFiles()
        let sides = SideStore(work.tx)
        try await sides.lock([uid])
        let store = ErasureStore(work.tx)
        guard let side = try await sides.load([uid], locking: true)[uid], try await !store.isErased(uid) else {
            throw Rejection.notFound("person", named)
        }
        let forgotten = Forgotten(
            uids: side.members,
            subjects: side.leads.map(\.id.description),
            contacts: side.identifiers.map(\.identifier.value),
            names: side.tellings.compactMap { $0.told[ProfileField.name.rawValue] }
        )
        try files.dropFiles(of: side.leads.map(\.id))
        try await files.overwriteRows(of: forgotten)
        try await SavedViewErasureStore(work.tx).forget(forgotten)
        try await store.dropTags(of: side.members)
        try await close(side.leads, of: uid, work)
        let event = PersonErased(uid: uid, uids: side.members, leadIDs: side.leads.map(\.id), reason: reason)
        try await work.publish(event, about: uid, uid: uid)
        try await store.blankSubmissions(of: side, forgotten)
        try await store.blankDecisions(of: side.leads.map(\.id), forgotten)
        try store.blankLeads(side.leads.map(\.id))
        try FollowUpStore(work.tx).clear(side.leads.map(\.id))
        try store.blankMerges(of: side.members)
        try AnswerStore(work.tx).blank(side.members)
        try await store.blankPersons(side.members, survivor: uid, now: work.now)
        try await Nurture().reconsider(uid, work)
        try await settleReferrals(ofAnyOf: side.members, work)
        try await work.forget(forgotten)
    }

    /// Nobody can look after who is not known any more.
    private func close(_ leads: [PersonLead], of uid: UID, _ work: Work) async throws {
        let open = leads.filter(\.status.isOpen)
        for lead in open {
            try await LeadStore(work.tx).discard([lead.id], .other, note: nil)
            try await work.timers.cancel(ResponseTarget.timerKind, key: lead.id)
            try await work.timers.cancel(RecycleIdle.timerKind, key: lead.id)
            try await work.timers.cancel(FollowUp.timerKind, key: lead.id)
            let event = LeadDiscarded(leadID: lead.id, uid: uid, reason: DiscardReason.other.rawValue)
            try await work.publish(event, about: lead.id, uid: uid)
        }
        if !open.isEmpty { try await place.fromPool(work) }
    }
}
