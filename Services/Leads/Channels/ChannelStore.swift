import Messaging
import Postgres

/// The SQL of channels.
struct ChannelStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Every channel by name; there are dozens, not thousands.
    func all() async throws -> [String: Channel] {
        let channels = try await tx.all("SELECT name, kind, key_hash, broker_user, is_active FROM channels") { row in
            Channel(
                name: try row["name"],
                kind: try row["kind"],
                keyHash: try row["key_hash"],
                brokerUser: try row["broker_user"],
                isActive: try row["is_active"]
            )
        }
        return Dictionary(channels.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Adds channels, or changes their kind and key.
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
    }
}
