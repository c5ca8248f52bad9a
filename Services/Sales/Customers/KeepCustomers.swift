import Contracts
import Messaging

/// Keeps the customers up to date with what Leads and Service tell.
///
/// Every event may be the first of a person, and may come late: each writes only what it knows.
struct KeepCustomers: Sendable {
    func identified(_ arrivals: [Arrival<PersonIdentified>], _ work: Work) async throws {
        try await CustomerEventStore(work.tx).identified(arrivals)
    }

    func received(_ arrivals: [Arrival<LeadReceived>], _ work: Work) async throws {
        try await CustomerEventStore(work.tx).received(arrivals)
    }

    func assigned(_ arrivals: [Arrival<LeadAssigned>], _ work: Work) async throws {
        let store = CustomerEventStore(work.tx)
        try await store.assigned(arrivals)
        try await store.passOnDeals(arrivals)
    }

    func touched(_ arrival: Arrival<LeadTouched>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).touched(arrival)
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

    func consented(_ arrival: Arrival<ConsentChanged>, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).consented(arrival)
    }

    /// The service desk has to do with the person from now on.
    func served(_ uid: UID, _ envelope: Envelope, _ work: Work) async throws {
        try await CustomerEventStore(work.tx).served(uid, at: envelope.time)
    }
}
