import Contracts
import Messaging

/// Notes that somebody spoke with a customer, or tried to, and what is to follow.
struct LogContact: Sendable {
    func callAsFunction(_ report: ContactReport, with uid: UID, by access: Access, _ work: Work) async throws -> Contact
    {
        let customers = CustomerStore(work.tx)
        let customer = try await customers.locked(uid, for: access)
        let contact = try report.contact(with: customer, by: access.staffID, now: work.now)
        try await ContactStore(work.tx).add(contact, at: work.now)
        try await customers.contacted(contact)
        try await work.publish(contact.logged, about: contact.id, uid: uid)
        return contact
    }
}
