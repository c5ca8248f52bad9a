import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of who is who now, and of who has been said to be different people.
struct AliasStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Who a UID is now: itself, unless it was merged into somebody.
    func survivor(of uid: UID) async throws -> UID {
        try await tx.first("SELECT survivor FROM aliases WHERE uid = \(uid)") { try $0["survivor"] } ?? uid
    }

    /// Who each of these is now.
    func survivors(of uids: some Collection<UID>) async throws -> [UID: UID] {
        guard !uids.isEmpty else { return [:] }
        let moved = try await tx.all(
            "SELECT uid, survivor FROM aliases WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])"
        ) { (try $0["uid"] as UID, try $0["survivor"] as UID) }
        return Dictionary(uids.map { ($0, $0) } + moved) { $1 }
    }

    /// Every UID of the persons whom these UIDs stand for, in order.
    func everybody(behind uids: some Collection<UID>) async throws -> [UID] {
        let persons = Set(try await survivors(of: uids).values)
        guard !persons.isEmpty else { return [] }
        let merged = try await tx.all(
            "SELECT uid FROM aliases WHERE survivor = ANY(\(persons.map(\.uuid))::uuid[])"
        ) { try $0["uid"] as UID }
        return (Array(persons) + merged).sorted()
    }

    /// Those of these persons to whom others were joined.
    func joined(among uids: some Collection<UID>) async throws -> Set<UID> {
        let joined: [UID] = try await tx.all(
            "SELECT DISTINCT survivor FROM aliases WHERE survivor = ANY(\(uids.map(\.uuid))::uuid[])"
        ) { try $0["survivor"] }
        return Set(joined)
    }

    /// The lines of merges that end at these persons.
    func tree(of survivors: [UID]) async throws -> AliasTree {
        let lines = try await tx.all(
            """
            SELECT a.uid, a.parent, m.merged_at FROM aliases a JOIN merges m ON m.id = a.merge_id
             WHERE a.survivor = ANY(\(survivors.map(\.uuid))::uuid[]) ORDER BY a.uid
            """
        ) { AliasTree.Line(uid: try $0["uid"], parent: try $0["parent"], mergedAt: try $0["merged_at"]) }
        return AliasTree(lines)
    }

    /// Draws a line, and lets everybody behind it resolve to the end.
    func merge(_ uid: UID, into survivor: UID, _ merge: MergeID) throws {
        try tx.later("UPDATE aliases SET survivor = \(survivor) WHERE survivor = \(uid)")
        try tx.later(
            """
            INSERT INTO aliases (uid, parent, survivor, merge_id)
            VALUES (\(uid), \(survivor), \(survivor), \(merge))
            """
        )
    }

    /// Takes a line away; those who came with it resolve to `uid` again.
    func unmerge(_ uid: UID, with companions: [UID]) throws {
        try tx.later("DELETE FROM aliases WHERE uid = \(uid)")
        try tx.later(
            "UPDATE aliases SET survivor = \(uid) WHERE uid = ANY(\(companions.filter { $0 != uid }.map(\.uuid))::uuid[])"
        )
    }

    // MARK: Different people

    func pin(_ pair: UIDPair, by actor: String, now: Date) throws {
        try tx.later(
            """
            INSERT INTO pins (low, high, actor, pinned_at)
            VALUES (\(pair.low), \(pair.high), \(actor), \(now))
            ON CONFLICT (low, high) DO UPDATE
               SET actor = EXCLUDED.actor, pinned_at = EXCLUDED.pinned_at, lifted_at = NULL, lifted_by = NULL,
                   lift_reason = NULL
             WHERE pins.lifted_at IS NOT NULL
            """
        )
    }

    /// Which of these persons have been said to be different, themselves or by a UID that is theirs now.
    func different(among persons: some Collection<UID>) async throws -> Set<UIDPair> {
        guard persons.count > 1 else { return [] }
        let pairs = try await tx.all(
            """
            WITH sides AS (
                SELECT uid, uid AS person FROM unnest(\(persons.map(\.uuid))::uuid[]) AS t (uid)
                 UNION ALL
                SELECT uid, survivor FROM aliases WHERE survivor = ANY(\(persons.map(\.uuid))::uuid[])
            )
            SELECT DISTINCT l.person AS one, h.person AS other
              FROM sides l JOIN pins p ON p.low = l.uid JOIN sides h ON h.uid = p.high
             WHERE l.person <> h.person AND p.lifted_at IS NULL
            """
        ) { UIDPair(try $0["one"], try $0["other"]) }
        return Set(pairs)
    }
}
