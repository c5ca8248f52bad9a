import Contracts
import Foundation
import Messaging
import Policies

/// Tells a pool's members of leads that they may claim: at once when it was quiet, else what has come since they were
/// last told, before a quarter of the shortest offer's time is over; nobody who is absent.
struct TellOfOffers: Sendable {
    static let timerKind = "leads.offer-notice"

    /// Notes that the members are to be told of leads that are offered to them.
    ///
    /// Each transaction sets a timer of its own: one for all would be moved further and further in a storm.
    static func note(_ leads: [Lead], _ work: Work) async throws {
        try await OfferNoticeStore(work.tx).note(leads.compactMap { lead in lead.pool.map { (lead.id, $0) } })
        try await work.timers.set(timerKind, key: UUID.v7(at: work.now).wire, at: work.now, cause: work.cause)
    }

    func callAsFunction(_ work: Work) async throws {
        let store = OfferNoticeStore(work.tx)
        let policy = try await PolicyStore(work.tx).current(ClaimPolicy.self).value
        let told = try await store.lastTold()
        guard let shortest = try await store.shortestUntold(at: work.now) else { return }
        let next = told.addingTimeInterval(Self.pause(policy, shortest: shortest))
        guard work.now >= next else {
            return try await work.timers.set(Self.timerKind, key: "after \(next)", at: next, cause: work.cause)
        }
        let offers = try await offers(try await store.take(at: work.now), work)
        guard !offers.isEmpty else { return }
        try await store.told(at: work.now)
        try await work.publish(LeadsOffered(offers: offers), about: "offers")
    }

    /// How long is gathered what members are told of: what is offered for a moment would be over by then.
    static func pause(_ policy: ClaimPolicy, shortest offer: TimeInterval) -> TimeInterval {
        min(Double(policy.tellEvery), offer / 4)
    }

    /// What each pool's members are told, where anybody is there.
    private func offers(_ fresh: [OfferNoticeStore.Fresh], _ work: Work) async throws -> [LeadsOffered.Offer] {
        guard !fresh.isEmpty else { return [] }
        let pools = try await PoolStore(work.tx).all()
        let present = try await RosterStore(work.tx).everybody(at: work.now).filter(\.isOnShift)
        return fresh.compactMap { fresh in
            guard let pool = pools.first(where: { $0.name == fresh.pool }) else { return nil }
            let members = present.filter { pool.teamID == nil || $0.teamID == pool.teamID }.map(\.id).sorted()
            guard !members.isEmpty else { return nil }
            return LeadsOffered.Offer(
                pool: pool.name,
                title: pool.title,
                leads: fresh.leads,
                until: fresh.until,
                members: members
            )
        }
    }
}
