public import Contracts
import Foundation
public import Postgres

/// Keeps a service's tables in step with the merges of persons that Leads does and takes back.
///
/// The service has a table `aliases (uid, survivor)`. In each of `tables` a row has the `uid` whose it is now, and an
/// `origin` that says whose it was first, once it has been moved; that is all that it takes to give it back.
/// `people`, where it is named, has one row a person: the row of a merged one is laid aside in `merged_people` and put
/// back as it was.
public struct FollowMerges: Sendable {
    let tables: [SQL]
    let people: SQL?

    public init(moving tables: [SQL], layingAside people: SQL? = nil) {
        self.tables = tables
        self.people = people
    }

    public func merged(_ event: PersonMerged, _ work: Work) async throws {
        let store = MergedPersonStore(work.tx)
        try store.draw(event.uids, to: event.uid)
        for table in tables { try store.move(event.uids, to: event.uid, in: table) }
        if let people { try store.layAside(event.uids, of: people) }
    }

    public func unmerged(_ event: PersonUnmerged, _ work: Work) async throws {
        let store = MergedPersonStore(work.tx)
        if let people { try store.putBack(event.unmergedUID, to: people) }
        try store.takeAway(event.unmergedUID, with: event.uids)
        for table in tables { try store.giveBack(event.uids, of: event.uid, to: event.unmergedUID, in: table) }
    }
}

/// Who old UIDs are now, in a service that follows the merges.
public struct MergedPersonStore: Sendable {
    let tx: Transaction

    public init(_ tx: Transaction) { self.tx = tx }

    /// Who a UID is now: itself, unless it was merged into somebody.
    public func survivor(of uid: UID) async throws -> UID {
        try await tx.first("SELECT survivor FROM aliases WHERE uid = \(uid)") { try $0["survivor"] } ?? uid
    }

    /// Every UID of the person whom a UID belongs to, the present one first.
    public func everybody(of uid: UID) async throws -> [UID] {
        let survivor = try await survivor(of: uid)
        return try await [survivor]
            + tx.all("SELECT uid FROM aliases WHERE survivor = \(survivor) ORDER BY uid") { try $0["uid"] as UID }
    }

    /// Whether one of these UIDs stands among the service's `customers`.
    public func isCustomer(anyOf uids: [UID]) async throws -> Bool {
        try await tx.first("SELECT FROM customers WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) LIMIT 1") { _ in true }
            ?? false
    }

    /// What `customers` says of who they are, in the rows of all their UIDs: one number and one address a row.
    public func words(of uids: [UID]) async throws -> (contacts: [String], names: [String]) {
        let rows = try await tx.all(
            "SELECT name, phone, email FROM customers WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])"
        ) { row in
            (name: try row["name"] as String?, contacts: [try row["phone"] as String?, try row["email"] as String?])
        }
        return (rows.flatMap { $0.contacts.compactMap(\.self) }, rows.compactMap(\.name))
    }

    /// Those of these UIDs that are somebody else now, and who.
    public func moved(among uids: some Collection<UID>) async throws -> [UID: UID] {
        guard !uids.isEmpty else { return [:] }
        let rows = try await tx.all("SELECT uid, survivor FROM aliases WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])") {
            (try $0["uid"] as UID, try $0["survivor"] as UID)
        }
        return Dictionary(rows) { first, _ in first }
    }

    func draw(_ uids: [UID], to survivor: UID) throws {
        try tx.later(
            """
            INSERT INTO aliases (uid, survivor)
            SELECT uid, \(survivor) FROM unnest(\(uids.map(\.uuid))::uuid[]) AS t (uid) ORDER BY uid
            ON CONFLICT (uid) DO UPDATE SET survivor = EXCLUDED.survivor
            """
        )
    }

    func takeAway(_ uid: UID, with companions: [UID]) throws {
        try tx.later("DELETE FROM aliases WHERE uid = \(uid)")
        try tx.later(
            "UPDATE aliases SET survivor = \(uid) WHERE uid = ANY(\(companions.filter { $0 != uid }.map(\.uuid))::uuid[])"
        )
    }

    func move(_ uids: [UID], to survivor: UID, in table: SQL) throws {
        try tx.later(
            """
            UPDATE \(table) SET origin = coalesce(origin, uid), uid = \(survivor)
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
            """
        )
    }

    func giveBack(_ uids: [UID], of survivor: UID, to uid: UID, in table: SQL) throws {
        try tx.later(
            """
            UPDATE \(table) SET uid = \(uid)
             WHERE uid = \(survivor) AND coalesce(origin, uid) = ANY(\(uids.map(\.uuid))::uuid[])
            """
        )
    }

    func layAside(_ uids: [UID], of people: SQL) throws {
        try tx.later(
            """
            INSERT INTO merged_people (uid, was)
            SELECT uid, to_jsonb(p) FROM \(people) p WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])
            ON CONFLICT (uid) DO NOTHING
            """
        )
        try tx.later("DELETE FROM \(people) WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])")
    }

    func putBack(_ uid: UID, to people: SQL) throws {
        try tx.later(
            """
            INSERT INTO \(people)
            SELECT (jsonb_populate_record(NULL::\(people), was)).* FROM merged_people WHERE uid = \(uid)
            ON CONFLICT DO NOTHING
            """
        )
        try tx.later("DELETE FROM merged_people WHERE uid = \(uid)")
    }
}
