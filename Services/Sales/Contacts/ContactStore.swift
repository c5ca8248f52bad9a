import Contracts
import Foundation
import Postgres

/// The table `contacts`.
struct ContactStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func add(_ contact: Contact, at now: Date) async throws {
        try tx.later(
            """
            INSERT INTO contacts (id, uid, lead_id, staff_id, kind, is_reached, note, next_action, next_at, contacted_at,
                                  logged_at)
            VALUES (\(contact.id), \(contact.uid), \(contact.leadID), \(contact.staffID), \(contact.kind.rawValue),
                    \(contact.isReached), \(contact.note), \(contact.nextAction), \(contact.nextAt),
                    \(contact.contactedAt), \(now))
            """
        )
    }
}
