import Contracts
import Foundation
import Messaging

/// Leads that are offered to a pool's members for a while: whoever claims one first has it.
struct Offers: Sendable {
    static let timerKind = "leads.offer"

    let place: PlaceLeads

    /// Notes until when leads are offered, and wakes whoever looks further when nobody has claimed them.
    static func make(_ placed: [(lead: Lead, assignment: Assignment)], _ work: Work) async throws {
        let offered = placed.compactMap { lead, assignment in
            assignment.offer.map {
                (id: lead.id, rule: $0.rule, until: work.now.addingTimeInterval(Double($0.seconds)))
            }
        }
        guard !offered.isEmpty else { return }
        try await LeadStore(work.tx).offer(offered)
        try await TellOfOffers.note(placed.filter { $0.assignment.offer != nil }.map(\.lead), work)
        try await work.timers.set(
            offered.map { try TimerDraft(timerKind, key: $0.id, at: $0.until, cause: work.cause) }
        )
    }

    /// Nobody has claimed them in time: the rules after the one that offered them are tried.
    func ended(_ timers: [DueTimer], _ work: Work) async throws {
        let store = LeadStore(work.tx)
        let leads = try await store.locked(timers.compactMap { LeadID($0.key) })
        let rules = try await store.offers(of: leads.map(\.id), endedBy: work.now)
        let waiting = leads.filter { $0.ownerID == nil && $0.status == .open && rules[$0.id] != nil }
        guard !waiting.isEmpty else { return }
        let causes = Dictionary(timers.compactMap { timer in LeadID(timer.key).map { ($0, timer.cause) } }) { $1 }
        try await store.endOffers(waiting.map(\.id))
        let manner = PlaceLeads.Manner(causes: causes, restartsClock: false, mayPool: true, after: rules)
        try await place.place(waiting, manner, work)
    }
}
