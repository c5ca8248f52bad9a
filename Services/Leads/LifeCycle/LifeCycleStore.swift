import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of how far people have come.
struct LifeCycleStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Notes what speaks for a stage, once; of a contact whose it is as its lead says, of a hand-over as its deal does.
    func add(_ mark: LifeMark, lead: LeadID?, uid: UID) async throws {
        try await tx.execute(
            """
            INSERT INTO life_marks (kind, ref, origin, grade, contract_id, happened_at)
            VALUES (\(mark.kind.rawValue), \(mark.ref),
                    coalesce((SELECT coalesce(origin, uid) FROM leads WHERE id = \(lead)),
                             (SELECT origin FROM deal_facts WHERE contract_id = \(mark.contractID) LIMIT 1), \(uid)),
                    \(mark.grade), \(mark.contractID), \(mark.at))
            ON CONFLICT (kind, ref) DO NOTHING
            """
        )
    }

    /// The UID that a visit was told of.
    func visitor(_ contact: ContactID) async throws -> UID? {
        try await tx.first("SELECT origin FROM life_marks WHERE kind = 'visit' AND ref = \(contact.description)") {
            try $0["origin"]
        }
    }

    func add(_ order: LifeOrder, for uid: UID) async throws {
        try await tx.execute(
            """
            INSERT INTO life_orders (origin, stage, reason, ordered_by, ordered_at)
            VALUES (\(uid), \(order.stage?.rawValue), \(order.reason), \(order.by), \(order.at))
            """
        )
    }

    /// Where somebody is, locked; potential where nothing was said yet.
    func locked(_ uid: UID) async throws -> LifeCycle? {
        try await tx.execute(
            """
            INSERT INTO life_cycles (uid, stage, why, since)
            SELECT uid, 'potential', '{"rule": "life.enquired", "version": 1, "inputs": {}}', created_at
              FROM persons WHERE uid = \(uid)
            ON CONFLICT DO NOTHING
            """
        )
        return try await cycles("WHERE uid = \(uid) FOR UPDATE").first
    }

    /// Where somebody is; nil where nothing more is known than that they enquired.
    func find(_ uid: UID) async throws -> LifeCycle? { try await cycles("WHERE uid = \(uid)").first }

    private func cycles(_ rest: SQL) async throws -> [LifeCycle] {
        try await tx.all("SELECT stage, why, since FROM life_cycles \(rest)") { row in
            LifeCycle(
                stage: LifeStage(rawValue: try row["stage"]) ?? .potential,
                why: try (row["why"] as JSONText).decode(),
                since: try row["since"]
            )
        }
    }

    /// How far these people have come; who is not among them is potential.
    func stages(of people: Set<UID>) async throws -> [UID: LifeStage] {
        guard !people.isEmpty else { return [:] }
        let found = try await tx.all(
            "SELECT uid, stage FROM life_cycles WHERE uid = ANY(\(people.map(\.uuid))::uuid[])"
        ) { (try $0["uid"] as UID, LifeStage(rawValue: try $0["stage"]) ?? .potential) }
        return Dictionary(found) { first, _ in first }
    }

    /// All that says how far a person has come, by the UIDs that are theirs.
    func course(of members: [UID]) async throws -> LifeCourse {
        let ids = members.map(\.uuid)
        let marks = try await tx.all(
            """
            SELECT kind, ref, grade, contract_id, happened_at FROM life_marks
             WHERE origin = ANY(\(ids)::uuid[]) ORDER BY happened_at, ref
            """
        ) { row in
            LifeMark(
                kind: LifeMark.Kind(rawValue: try row["kind"]) ?? .contact,
                ref: try row["ref"],
                grade: try row["grade"],
                contractID: try row["contract_id"],
                at: try row["happened_at"]
            )
        }
        return LifeCourse(
            marks: marks,
            deals: try await DealStore(tx).of(members),
            order: try await order(of: members)
        )
    }

    /// What staff have said last.
    func order(of members: [UID]) async throws -> LifeOrder? {
        try await tx.first(
            """
            SELECT stage, reason, ordered_by, ordered_at FROM life_orders
             WHERE origin = ANY(\(members.map(\.uuid))::uuid[]) ORDER BY id DESC LIMIT 1
            """
        ) { row in
            let stage: String? = try row["stage"]
            return LifeOrder(
                stage: stage.flatMap(LifeStage.init(rawValue:)),
                reason: try row["reason"],
                by: try row["ordered_by"],
                at: try row["ordered_at"]
            )
        }
    }

    func save(_ cycle: LifeCycle, of uid: UID, at now: Date) throws {
        try tx.later(
            """
            UPDATE life_cycles
               SET stage = \(cycle.stage.rawValue), why = \(try JSONText(wire: cycle.why)), since = \(cycle.since ?? now)
             WHERE uid = \(uid)
            """
        )
    }

    /// The next people of whom anything speaks or a stage is kept, by their ids, and whether one is.
    func concerned(
        after place: UID?,
        _ originals: OriginalTables,
        atMost limit: Int
    ) async throws -> [(uid: UID, isKept: Bool)] {
        try await tx.all(
            """
            SELECT p.uid, bool_or(t.is_kept) AS is_kept
              FROM (SELECT origin, false AS is_kept FROM life_marks
                     UNION ALL SELECT origin, false FROM deal_facts
                     UNION ALL SELECT origin, false FROM life_orders
                     UNION ALL SELECT uid, true FROM \(originals["life_cycles"])) AS t
              LEFT JOIN aliases a ON a.uid = t.origin
              JOIN persons p ON p.uid = coalesce(a.survivor, t.origin)
             WHERE \(place)::uuid IS NULL OR p.uid > \(place)
             GROUP BY p.uid ORDER BY p.uid LIMIT \(limit)
            """
        ) { (try $0["uid"], try $0["is_kept"]) }
    }

    func add(_ cycle: LifeCycle, of uid: UID, at now: Date) throws {
        try tx.later(
            """
            INSERT INTO life_cycles (uid, stage, why, since)
            VALUES (\(uid), \(cycle.stage.rawValue), \(try JSONText(wire: cycle.why)), \(cycle.since ?? now))
            """
        )
    }

    /// Those who are somebody else now have no life of their own.
    func drop(_ uids: [UID]) throws {
        guard !uids.isEmpty else { return }
        try tx.later("DELETE FROM life_cycles WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])")
    }

    /// How many people are in each stage; who was forgotten is counted where they were.
    func counts() async throws -> [LifeStage: Int] {
        let further = try await tx.all(
            "SELECT stage, count(*) AS count FROM life_cycles WHERE stage <> 'potential' GROUP BY stage"
        ) { (LifeStage(rawValue: try $0["stage"]) ?? .potential, try $0["count"] as Int) }
        let all =
            try await tx.first(
                "SELECT (SELECT count(*) FROM persons) - (SELECT count(*) FROM aliases) AS count"
            ) { try $0["count"] as Int } ?? 0
        var counts = Dictionary(further) { first, _ in first }
        counts[.potential] = max(0, all - counts.values.reduce(0, +))
        return counts
    }

    /// People of a stage; `person` is the column that names them.
    static func condition(_ stages: [LifeStage], person: SQL) -> SQL {
        let names = stages.map(\.rawValue)
        let among: SQL = "(SELECT FROM life_cycles c WHERE c.uid = \(person) AND c.stage = ANY(\(names)::text[]))"
        guard stages.contains(.potential) else { return "EXISTS \(among)" }
        let further = LifeStage.allCases.filter { !stages.contains($0) }.map(\.rawValue)
        return "NOT EXISTS (SELECT FROM life_cycles c WHERE c.uid = \(person) AND c.stage = ANY(\(further)::text[]))"
    }
}
