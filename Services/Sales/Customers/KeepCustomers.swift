import Contracts
import Messaging

/// Keeps the customers up to date with what Leads and Service tell.
struct KeepCustomers: Sendable {
    /// What comes in masses is put together, customer by customer.
    func callAsFunction(_ batch: [Received], _ work: Work) async throws {
        let named = Set(batch.compactMap(\.envelope.uid))
        let moved = try await MergedPersonStore(work.tx).moved(among: named)
        let news = try CustomerNews.all(in: batch, moved: moved)
        try await CustomerNewsStore(work.tx).save(news)
        try await CustomerEventStore(work.tx).passOnDeals(of: news.filter(\.isReassigned).map(\.uid))
    }

    func graded(_ arrival: Arrival<LeadGraded>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).graded(arrival)
    }

    func contacted(_ arrival: Arrival<LeadContacted>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).contacted(arrival)
    }

    func discarded(_ arrival: Arrival<LeadDiscarded>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).discarded(arrival)
    }

    func reopened(_ arrival: Arrival<LeadReopened>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).reopened(arrival)
    }

    func planned(_ arrival: Arrival<LeadFollowUpSet>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).planned(arrival)
    }

    func merged(_ arrival: Arrival<PersonMerged>, _ work: Work) async throws {
        let event = arrival.message
        let store = MergedCustomerStore(work.tx)
        try store.bring(event.mergedUID, to: event.uid, at: arrival.envelope.time)
        try await MergedCustomerStore.merges.merged(event, work)
        try store.note(event.mergedUID, in: event.uid)
        try store.entrust(event.uid, event.standing)
    }

    func unmerged(_ arrival: Arrival<PersonUnmerged>, _ work: Work) async throws {
        let event = arrival.message
        let store = MergedCustomerStore(work.tx)
        try store.giveBack(event.unmergedUID, of: event.uid)
        try await MergedCustomerStore.merges.unmerged(event, work)
        try store.entrust(event.uid, event.standing)
        try store.entrust(event.unmergedUID, event.unmergedStanding)
    }

    /// A person is forgotten: what was sold, and when, stays.
    func forgot(_ event: PersonErased, _ work: Work) async throws {
        let store = ForgottenCustomerStore(work.tx)
        let words = try await store.words(of: event.uids)
        let forgotten = Forgotten(
            uids: event.uids,
            subjects: event.leadIDs.map(\.description) + (try await store.deals(of: event.uids)),
            contacts: words.contacts,
            names: words.names
        )
        try store.blank(event.uids)
        try await store.blankReasons(of: event.uids, Redaction(forgotten))
        try await store.blankTimeline(of: event.uids, Redaction(forgotten))
        try await work.forget(forgotten)
    }
}
