import Contracts
import Foundation
import Postgres

/// The SQL of what is known of people when their leads are given to somebody.
struct KnownTagStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func known(of uids: Set<UID>) async throws -> [UID: KnownTags] {
        guard !uids.isEmpty else { return [:] }
        let rows = try await tx.all(
            """
            SELECT uid, key, value, source, confidence::bigint AS confidence, standing, is_winner
              FROM tags WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) AND (is_winner OR standing = 'rejected')
             ORDER BY key, value
            """
        ) { row in
            let standing: String = try row["standing"]
            let tag = PersonTag(
                key: try row["key"],
                value: try row["value"],
                source: try row["source"],
                confidence: try row["confidence"],
                isConfirmed: standing == Tag.Standing.confirmed.rawValue
            )
            return (uid: try row["uid"] as UID, tag: tag, holds: try row["is_winner"] as Bool)
        }
        return rows.reduce(into: [:]) { known, row in
            if row.holds {
                known[row.uid, default: KnownTags()].holding.append(row.tag)
            } else {
                known[row.uid, default: KnownTags()].rejected.insert("\(row.tag.key)=\(row.tag.value)")
            }
        }
    }
}
