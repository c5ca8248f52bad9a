import Contracts
import Messaging
import Phone
import Postgres

/// The SQL that finds a person by what somebody types in.
struct PersonSearchStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Who is known by this UID, phone or e-mail.
    func named(_ text: String) async throws -> UID? {
        if let uid = UID(text) {
            return try await tx.first("SELECT uid FROM persons WHERE uid = \(uid)") { try $0["uid"] }
        }
        guard let value = EmailAddress.normalised(text) ?? PhoneNumber.e164(text) else { return nil }
        return try await tx.first(
            "SELECT uid FROM identifiers WHERE kind IN ('phone', 'email') AND value = \(value) ORDER BY kind DESC LIMIT 1"
        ) { try $0["uid"] }
    }
}
