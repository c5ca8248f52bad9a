import Contracts
import Foundation
import Postgres

/// What a search finds within what somebody sees.
struct Found: Sendable {
    var customers: [Customer] = []
    var deals: [ListedDeal] = []
    var units: [Unit] = []
    var names: [StaffID: String] = [:]
}

/// Searches customers by name and number, deals by title, units by number.
struct SearchStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ text: String, for access: Access, now: Date) async throws -> Found {
        guard let text = text.nonEmpty else { return Found() }
        var query = CustomerQuery(search: text)
        query.limit = 20
        let customers = try await CustomerListStore(tx).list(query, for: access, now: now)
        let stages = Deal.Stage.allCases
        return Found(
            customers: customers,
            deals: try await DealListStore(tx).list(stages: stages, search: text, for: access, limit: 20),
            units: try await UnitStore(tx).list(search: text, limit: 20),
            names: try await StaffStore(tx).names(Set(customers.compactMap(\.ownerID)))
        )
    }
}
