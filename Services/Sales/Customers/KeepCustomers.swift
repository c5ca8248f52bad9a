import Contracts
import Messaging

/// Keeps the customers up to date with what Leads and Service tell.
struct KeepCustomers: Sendable {
    /// What comes in masses is put together, customer by customer.
    func callAsFunction(_ batch: [Received], _ work: Work) async throws {
        let news = try CustomerNews.all(in: batch)
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
}
