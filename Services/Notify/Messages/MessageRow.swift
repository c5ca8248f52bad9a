import Contracts
import Foundation
import Messaging
import Postgres

/// A message as pages and the API show it.
struct MessageRow: Sendable {
    let message: Message
    /// The recipient's name, where it is known.
    let name: String?
    let address: String?
    /// Who answers for the customer; they may see the whole address.
    let ownerID: StaffID?
    let changedAt: Date
    let readAt: Date?
    /// Whom the customer that was written to has been merged into since.
    var survivor: UID?
    /// When it is due.
    var nextAt: Date?

    /// The customer as they are known now.
    var customer: UID? { survivor ?? message.uid }
}

extension MessageRow {
    init(row: Row) throws {
        self.init(
            message: try Message(row: row),
            name: try row["name"],
            address: try row["address"],
            ownerID: try row["owner_id"],
            changedAt: try row["changed_at"],
            readAt: try row["read_at"],
            survivor: try row["survivor"],
            nextAt: try row["next_at"]
        )
    }
}

/// One line of a message's history as it is shown.
struct AttemptRow: Sendable {
    let attempt: Int
    let kind: String
    let at: Date
    let outcome: String
    let code: Int?
    let detail: String?
}

extension AttemptRow {
    init(row: Row) throws {
        self.init(
            attempt: try row["attempt"],
            kind: try row["kind"],
            at: try row["at"],
            outcome: try row["outcome"],
            code: try row["code"],
            detail: try row["detail"]
        )
    }
}
