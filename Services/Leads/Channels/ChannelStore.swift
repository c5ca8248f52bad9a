import Foundation
import Messaging
import Postgres

/// The SQL of channels.
struct ChannelStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Every channel by name; there are dozens, not thousands.
    func all() async throws -> [String: Channel] {
        let channels = try await tx.all(
            "SELECT name, kind, key_hash, broker_user, is_active, default_campaign FROM channels",
            as: Channel.init(row:)
        )
        return Dictionary(channels.map { ($0.name, $0) }) { first, _ in first }
    }

    func find(_ name: String) async throws -> Channel? {
        try await tx.first(
            """
            SELECT name, kind, key_hash, broker_user, is_active, default_campaign
              FROM channels WHERE name = \(name)
            """,
            as: Channel.init(row:)
        )
    }

    /// Adds the channels of a file, or changes their kind and key: a key that the file no longer has is not valid any
    /// more, and one that somebody revoked stays revoked.
    func save(_ channels: [Channel]) async throws {
        guard !channels.isEmpty else { return }
        try await tx.execute(
            """
            INSERT INTO channels (name, kind, key_hash, broker_user)
            SELECT name, kind, key_hash, broker_user
              FROM unnest(\(channels.map(\.name))::text[], \(channels.map(\.kind))::text[],
                          \(channels.map(\.keyHash))::text[], \(channels.map(\.brokerUser))::text[])
                   AS t (name, kind, key_hash, broker_user)
             ORDER BY name
            ON CONFLICT (name) DO UPDATE
               SET kind = EXCLUDED.kind, key_hash = EXCLUDED.key_hash, broker_user = EXCLUDED.broker_user
            """
        )
        let names = channels.map(\.name)
        try await tx.execute(
            """
            UPDATE channel_keys k SET revoked_at = now(), revoked_by = 'system'
              FROM channels c
             WHERE c.name = k.channel AND k.channel = ANY(\(names)::text[]) AND k.from_file AND k.revoked_at IS NULL
               AND k.digest IS DISTINCT FROM c.key_hash
            """
        )
        try await tx.execute(
            """
            INSERT INTO channel_keys (id, channel, digest, hint, from_file, made_by, made_at)
            SELECT gen_random_uuid(), name, key_hash, '', true, 'system', now()
              FROM channels WHERE name = ANY(\(names)::text[]) AND key_hash IS NOT NULL
            ON CONFLICT (channel, digest) DO NOTHING
            """
        )
    }
}

extension Channel {
    fileprivate init(row: Row) throws {
        self.init(
            name: try row["name"],
            kind: try row["kind"],
            keyHash: try row["key_hash"],
            brokerUser: try row["broker_user"],
            isActive: try row["is_active"],
            defaultCampaign: try row["default_campaign"]
        )
    }
}
