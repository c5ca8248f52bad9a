import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that finds persons by a part of their name.
struct NameSearchStore: Sendable {
    /// Of a name that more people have, a walk through the newest leads finds enough of them sooner.
    private static let rare = 5_000

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What a lead `l` of a person `p` must fulfil.
    func condition(_ name: String) async throws -> SQL {
        let found: SQL = "position(lower(\(name)) IN lower(p.name)) > 0"
        let pairs = name.neighbouringPairs
        guard !pairs.isEmpty else { return found }
        let uids: [UUID] = try await tx.all(
            """
            SELECT uid FROM persons p WHERE name_pairs(p.name) @> \(pairs)::text[] AND \(found)
             LIMIT \(NameSearchStore.rare + 1)
            """
        ) { try $0["uid"] }
        return uids.count > NameSearchStore.rare ? found : "l.uid = ANY(\(uids)::uuid[])"
    }
}
