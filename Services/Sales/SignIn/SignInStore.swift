import Crypto
import Foundation
import Postgres

/// The table `sign_in_attempts`.
struct SignInStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// When this person was tried lately from this place, and when anybody was; nobody else tries this person from there
    /// until the transaction ends.
    func attempts(_ attempt: SignInAttempt, since: Date) async throws -> (person: [Date], place: [Date]) {
        try await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('sales.sign-in.' || \(attempt.lock), 0))"
        )
        let rows = try await tx.all(
            """
            SELECT attempted_at, email_digest = \(attempt.email) AS is_person
              FROM sign_in_attempts WHERE client_digest = \(attempt.client) AND attempted_at > \(since)
            """
        ) { (at: try $0["attempted_at"] as Date, isPerson: try $0["is_person"] as Bool) }
        return (rows.filter(\.isPerson).map(\.at), rows.map(\.at))
    }

    func add(_ attempt: SignInAttempt, at now: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO sign_in_attempts (email_digest, client_digest, attempted_at)
            VALUES (\(attempt.email), \(attempt.client), \(now))
            """
        )
    }

    /// A right password forgives the wrong ones from the same place; what is old is forgotten anyway.
    func forgive(_ attempt: SignInAttempt, before: Date) async throws {
        try await tx.execute(
            """
            DELETE FROM sign_in_attempts
             WHERE (email_digest = \(attempt.email) AND client_digest = \(attempt.client)) OR attempted_at < \(before)
            """
        )
    }
}

/// Who is tried from where, as digests: both may be a stranger's.
struct SignInAttempt: Sendable {
    let email: Bytes
    let client: Bytes

    init(email: String, client: String?) {
        self.email = Self.digest(email)
        self.client = Self.digest(client ?? "")
    }

    /// Names the pair for a lock.
    fileprivate var lock: String {
        (email.bytes + client.bytes).map { String($0, radix: 16) }.joined(separator: ".")
    }

    private static func digest(_ text: String) -> Bytes {
        Bytes(Array(SHA256.hash(data: Data(text.utf8))))
    }
}
