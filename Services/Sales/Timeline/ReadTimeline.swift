import Contracts
import Messaging

/// A person's timeline with the names that its entries need.
struct ReadTimeline: Sendable {
    let spine: Spine

    struct Timeline: Sendable {
        let customer: Customer
        let entries: [TimelineStore.Placed]
        let names: [StaffID: String]
    }

    func callAsFunction(_ uid: UID, by access: Access, limit: Int = 500) async throws -> Timeline {
        try await spine.read { tx in
            let customer = try await CustomerStore(tx).seen(uid, by: access)
            let entries = try await TimelineStore(tx).events(of: customer.uid, limit: limit)
            let staff = entries.reduce(into: Set<StaffID>()) { $0.formUnion($1.event.staff) }
            return Timeline(customer: customer, entries: entries, names: try await StaffStore(tx).names(staff))
        }
    }
}
