import Crypto
import Foundation
import Postgres

/// The table `sign_in_attempts`.
struct SignInStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// When this address was tried lately; nobody else tries it until the transaction ends.
    func attempts(_ email: String, since: Date) async throws -> [Date] {
        let digest = Self.digest(email)
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sales.sign-in.' || \(email), 0))")
        return try await tx.all(
            "SELECT attempted_at FROM sign_in_attempts WHERE email_digest = \(digest) AND attempted_at > \(since)"
        ) { try $0["attempted_at"] }
    }

    func add(_ email: String, at now: Date) async throws {
        try await tx.execute(
            "INSERT INTO sign_in_attempts (email_digest, attempted_at) VALUES (\(Self.digest(email)), \(now))"
        )
    }

    /// A right password forgives the wrong ones before it; what is old is forgotten anyway.
    func forgive(_ email: String, before: Date) async throws {
        try await tx.execute(
            "DELETE FROM sign_in_attempts WHERE email_digest = \(Self.digest(email)) OR attempted_at < \(before)"
        )
    }

    private static func digest(_ email: String) -> Bytes {
        Bytes(Array(SHA256.hash(data: Data(email.utf8))))
    }
}
