import Contracts
import Foundation
import Messaging
import Postgres

/// A key of a channel, without the key.
struct ChannelKey: Sendable {
    let id: UUID
    let hint: String
    let isFromFile: Bool
    let madeBy: String
    let madeAt: Date
    let revokedAt: Date?
}

/// The SQL of channels' keys.
struct ChannelKeyStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Whether this is a valid key of the channel; takes as long for a wrong one as for a right one.
    func accepts(_ key: String, of channel: String) async throws -> Bool {
        let given = Array(Digest.of(Array(key.utf8)).utf8)
        let valid: [String] = try await tx.all(
            "SELECT digest FROM channel_keys WHERE channel = \(channel) AND revoked_at IS NULL"
        ) { try $0["digest"] }
        return valid.reduce(false) { ConstantTime.areEqual(given, Array($1.utf8)) || $0 }
    }

    /// The keys of a channel, newest first.
    func of(_ channel: String) async throws -> [ChannelKey] {
        try await tx.all(
            """
            SELECT id, hint, from_file, made_by, made_at, revoked_at
              FROM channel_keys WHERE channel = \(channel) ORDER BY made_at DESC, id LIMIT 100
            """
        ) { row in
            ChannelKey(
                id: try row["id"],
                hint: try row["hint"],
                isFromFile: try row["from_file"],
                madeBy: try row["made_by"],
                madeAt: try row["made_at"],
                revokedAt: try row["revoked_at"]
            )
        }
    }

    func add(_ secret: ChannelSecret, id: UUID, to channel: String, by actor: String, at now: Date) async throws {
        try await tx.execute(
            """
            INSERT INTO channel_keys (id, channel, digest, hint, made_by, made_at)
            VALUES (\(id), \(channel), \(Digest.of(Array(secret.text.utf8))), \(secret.hint), \(actor), \(now))
            """
        )
    }

    /// - Returns: whether there was such a key, valid until now.
    func revoke(_ id: UUID, of channel: String, by actor: String, at now: Date) async throws -> Bool {
        let changed = try await tx.execute(
            """
            UPDATE channel_keys SET revoked_at = \(now), revoked_by = \(actor)
             WHERE id = \(id) AND channel = \(channel) AND revoked_at IS NULL
            """
        )
        return changed == 1
    }
}
