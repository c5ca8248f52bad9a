import Contracts
import Foundation
import Messaging
import Postgres

/// A channel's adapter as it is stored.
struct StoredAdapter: Sendable {
    let settings: AdapterSettings
    /// What the platform signs with.
    let secret: String?
    let verifyDigest: String?
    /// What the platform gives leads out for.
    let accessToken: String?
    let version: Int
}

/// The SQL of adapters.
struct AdapterStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ channel: String) async throws -> StoredAdapter? {
        try await tx.first(
            """
            SELECT settings, secret, verify_digest, access_token, version FROM channel_adapters WHERE channel = \(channel)
            """
        ) { row in
            let settings: JSONText = try row["settings"]
            return StoredAdapter(
                settings: try settings.decode(),
                secret: try row["secret"],
                verifyDigest: try row["verify_digest"],
                accessToken: try row["access_token"],
                version: try row["version"]
            )
        }
    }

    /// How what each platform posts is read.
    func all() async throws -> [String: AdapterSettings] {
        let all = try await tx.all("SELECT channel, settings FROM channel_adapters") { row in
            (try row["channel"] as String, try (row["settings"] as JSONText).decode() as AdapterSettings)
        }
        return Dictionary(all) { first, _ in first }
    }

    /// Keeps an adapter; a secret or a token that is nil stays as it was.
    /// - Returns: its version.
    func save(
        _ settings: AdapterSettings,
        secret: String?,
        verifyToken: String?,
        accessToken: String?,
        of channel: String,
        at now: Date
    ) async throws -> Int {
        let digest = verifyToken.map { Digest.of(Array($0.utf8)) }
        return try await tx.first(
            """
            INSERT INTO channel_adapters AS a (channel, settings, secret, verify_digest, access_token, changed_at)
            VALUES (\(channel), \(try JSONText(wire: settings)), \(secret), \(digest), \(accessToken), \(now))
            ON CONFLICT (channel) DO UPDATE
               SET settings = EXCLUDED.settings, secret = coalesce(EXCLUDED.secret, a.secret),
                   verify_digest = coalesce(EXCLUDED.verify_digest, a.verify_digest),
                   access_token = coalesce(EXCLUDED.access_token, a.access_token), version = a.version + 1,
                   changed_at = EXCLUDED.changed_at
            RETURNING version
            """
        ) { try $0["version"] } ?? 1
    }
}
