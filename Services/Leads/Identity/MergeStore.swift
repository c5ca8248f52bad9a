import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of merges.
struct MergeStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// `submission`: the one that named both, where that is why.
    func insert(_ merge: Merge, _ snapshot: MergeSnapshot, submission: UUID?) throws {
        try tx.later(
            """
            INSERT INTO merges (id, survivor, merged, why, snapshot, actor, merged_at, submission_id)
            VALUES (\(merge.id), \(merge.survivor), \(merge.merged), \(try JSONText(wire: merge.why)),
                    \(try JSONText(wire: snapshot)), \(merge.actor), \(merge.mergedAt), \(submission))
            """
        )
    }

    /// Everybody whom these persons were ever joined with.
    func companions(of uids: some Collection<UID>) async throws -> Set<UID> {
        let ids = uids.map(\.uuid)
        let pairs = try await tx.all(
            """
            SELECT survivor, merged FROM merges WHERE survivor = ANY(\(ids)::uuid[]) OR merged = ANY(\(ids)::uuid[])
            """
        ) { [try $0["survivor"] as UID, try $0["merged"] as UID] }
        return Set(pairs.flatMap(\.self))
    }

    func undo(_ id: MergeID, by actor: String, now: Date) throws {
        try tx.later("UPDATE merges SET undone_by = \(actor), undone_at = \(now) WHERE id = \(id)")
    }

    func locked(_ id: MergeID) async throws -> Merge? {
        try await merges("WHERE id = \(id) FOR UPDATE").first
    }

    /// The merges of any of these UIDs, the newest first.
    func of(_ uids: some Collection<UID>) async throws -> [Merge] {
        let ids = uids.map(\.uuid)
        return try await merges(
            """
            WHERE survivor = ANY(\(ids)::uuid[]) OR merged = ANY(\(ids)::uuid[]) ORDER BY merged_at DESC, id DESC LIMIT 200
            """
        )
    }

    func snapshot(_ id: MergeID) async throws -> MergeSnapshot? {
        let text: JSONText? = try await tx.first("SELECT snapshot FROM merges WHERE id = \(id)") { try $0["snapshot"] }
        return try text?.decode()
    }

    private func merges(_ rest: SQL) async throws -> [Merge] {
        try await tx.all(
            """
            SELECT id, survivor, merged, why, actor, merged_at, undone_by, undone_at FROM merges \(rest)
            """
        ) { row in
            let why: JSONText = try row["why"]
            return Merge(
                id: try row["id"],
                survivor: try row["survivor"],
                merged: try row["merged"],
                why: try why.decode(),
                actor: try row["actor"],
                mergedAt: try row["merged_at"],
                undoneBy: try row["undone_by"],
                undoneAt: try row["undone_at"]
            )
        }
    }
}
