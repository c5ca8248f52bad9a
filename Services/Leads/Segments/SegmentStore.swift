import Boot
import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of segments.
struct SegmentStore: Sendable {
    /// People are counted up to so many; of more it is only said that they are more.
    static let countedAtMost = 10_000

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func all() async throws -> [Segment] {
        try await segments("ORDER BY name LIMIT 200")
    }

    func find(_ id: SegmentID) async throws -> Segment? { try await segments("WHERE id = \(id)").first }

    func locked(_ id: SegmentID) async throws -> Segment? { try await segments("WHERE id = \(id) FOR UPDATE").first }

    /// Whether there is such a segment; nobody removes it until the transaction ends.
    func keep(_ id: SegmentID) async throws -> Bool {
        try await tx.first("SELECT FROM segments WHERE id = \(id) FOR KEY SHARE") { _ in true } ?? false
    }

    private func segments(_ rest: SQL) async throws -> [Segment] {
        try await tx.all(
            "SELECT id, name, tests, version::bigint AS version, changed_by, changed_at FROM segments \(rest)"
        ) { row in
            Segment(
                id: try row["id"],
                name: try row["name"],
                tests: try (row["tests"] as JSONText).decode(),
                version: try row["version"],
                changedBy: try row["changed_by"],
                changedAt: try row["changed_at"]
            )
        }
    }

    /// - Returns: false when another segment has the name.
    func save(_ segment: Segment) async throws -> Bool {
        let taken = try await tx.first(
            "SELECT id FROM segments WHERE name = \(segment.name) AND id <> \(segment.id)"
        ) { try $0["id"] as SegmentID }
        guard taken == nil else { return false }
        try await tx.execute(
            """
            INSERT INTO segments (id, name, tests, version, changed_by, changed_at)
            VALUES (\(segment.id), \(segment.name), \(try JSONText(wire: segment.tests)),
                    \(segment.version)::integer, \(segment.changedBy), \(segment.changedAt))
            ON CONFLICT (id) DO UPDATE
               SET name = EXCLUDED.name, tests = EXCLUDED.tests, version = EXCLUDED.version,
                   changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
            """
        )
        return true
    }

    func remove(_ id: SegmentID) async throws { try await tx.execute("DELETE FROM segments WHERE id = \(id)") }

    /// How many people there are, up to ``countedAtMost`` and one more.
    func count(_ tests: [SegmentTest], _ sight: Sight? = nil, now: Date) async throws -> Int {
        let condition = Self.condition(tests, sight, now: now)
        return try await tx.first(
            """
            SELECT count(*) AS count
              FROM (SELECT FROM persons p WHERE \(condition) LIMIT \(Self.countedAtMost + 1)) AS found
            """
        ) { try $0["count"] } ?? 0
    }

    /// Who belongs to it, in the order of their ids.
    func members(
        _ tests: [SegmentTest],
        _ sight: Sight? = nil,
        after: UID? = nil,
        limit: Int,
        now: Date
    ) async throws -> [SegmentMember] {
        let rest = Self.condition(tests.filter { $0.tag == nil }, sight, now: now)
        return try await tx.all(
            """
            SELECT p.uid, p.name, l.id AS lead_id, l.grade, l.last_touch_at
              FROM (SELECT p.uid, p.name FROM \(Self.tagged(tests.compactMap(\.tag), after: after))
                     WHERE \(rest) ORDER BY p.uid LIMIT \(limit)) AS p
              LEFT JOIN LATERAL (SELECT id, grade, last_touch_at FROM leads
                                  WHERE uid = p.uid ORDER BY id DESC LIMIT 1) AS l ON true
             ORDER BY p.uid
            """
        ) { row in
            SegmentMember(
                uid: try row["uid"],
                name: try row["name"],
                leadID: try row["lead_id"],
                grade: try row["grade"],
                lastTouchAt: try row["last_touch_at"]
            )
        }
    }

    /// People `p` who have all of these tags.
    ///
    /// The index gives each tag's people in order: to go through several in step is quick even when hardly anybody has all.
    /// The fence (`OFFSET 0`) keeps the plan to that, before anybody is looked up.
    private static func tagged(_ tags: [(key: String, value: String)], after: UID?) -> SQL {
        let next: SQL = after.map { "AND uid > \($0)" } ?? ""
        let each = tags.map { tag -> SQL in
            "(SELECT uid FROM tags WHERE is_winner AND key = \(tag.key) AND value = \(tag.value) \(next))"
        }
        guard let first = each.first else {
            return after.map { "(SELECT * FROM persons WHERE uid > \($0)) AS p" } ?? "persons p"
        }
        let all = each.dropFirst().reduce(first) { "(SELECT uid FROM \($0) AS t JOIN \($1) AS o USING (uid))" }
        return "(SELECT uid FROM \(all) AS t ORDER BY uid OFFSET 0) AS tagged JOIN persons p ON p.uid = tagged.uid"
    }

    /// Whether a person belongs to it.
    func holds(_ tests: [SegmentTest], of uid: UID, now: Date) async throws -> Bool {
        try await tx.first(
            "SELECT FROM persons p WHERE p.uid = \(uid) AND \(Self.condition(tests, nil, now: now))"
        ) { _ in true } ?? false
    }

    /// People `p` who answer to all tests; with a sight, only those of whom a lead is seen.
    ///
    /// What is asked of leads to be so is so of one lead, of all of it together; what is asked not to be so, of none.
    static func condition(_ tests: [SegmentTest], _ sight: Sight?, now: Date) -> SQL {
        var ofLead: [SQL] = tests.filter { !$0.isNot }.compactMap { lead($0) }
        if let sight, sight.extent != .all {
            ofLead.append(
                sight.rows(
                    owners: ["l.owner_id"],
                    team: "l.team_id",
                    project: "l.project",
                    isAfterSales: "l.deal_outcome = 'won'"
                )
            )
        }
        var all = tests.compactMap { person($0, now) }
        all += tests.filter(\.isNot).compactMap { lead($0) }.map { "NOT \(has($0))" }
        if let first = ofLead.first { all.append(has(ofLead.dropFirst().reduce(first) { "\($0) AND \($1)" })) }
        // Who was merged into another or forgotten is nobody of their own.
        let present: SQL = "p.erased_at IS NULL AND NOT EXISTS (SELECT FROM aliases a WHERE a.uid = p.uid)"
        return all.reduce(present) { "\($0) AND \($1)" }
    }

    /// Whether one of the person's leads is so.
    private static func has(_ condition: SQL) -> SQL {
        "EXISTS (SELECT FROM leads l WHERE l.uid = p.uid AND \(condition))"
    }

    private static func lead(_ test: SegmentTest) -> SQL? {
        switch test.known {
        case .grade: "l.grade = ANY(\(test.values)::text[])"
        case .status: "l.status = ANY(\(test.values)::text[])"
        case .channel: "l.channel = ANY(\(test.values)::text[])"
        case .campaign: "l.campaign = ANY(\(test.values)::text[])"
        case .project: "l.project = ANY(\(test.values)::text[])"
        default: nil
        }
    }

    /// Whether anything has happened about one of the person's leads since; as the index `leads_by_activity` has it.
    private static func isActive(_ test: SegmentTest, _ now: Date) -> SQL {
        has("greatest(l.last_touch_at, l.contacted_at, l.followed_up_at, l.answered_at) >= \(since(test, now))")
    }

    /// Whether nothing has, about any of them.
    ///
    /// Few who are quiet are found by the index. Of many the first are found by looking at one after the other: the latest of
    /// a person's leads is asked for as a value, since a join would first gather everybody who is active.
    private static func isQuiet(_ test: SegmentTest, _ now: Date) -> SQL {
        let since = since(test, now)
        let old = has("greatest(l.last_touch_at, l.contacted_at, l.followed_up_at, l.answered_at) < \(since)")
        return """
            (\(old) AND (SELECT max(greatest(l.last_touch_at, l.contacted_at, l.followed_up_at, l.answered_at))
                           FROM leads l WHERE l.uid = p.uid) < \(since))
            """
    }

    private static func since(_ test: SegmentTest, _ now: Date) -> Date {
        now.addingTimeInterval(-Double(test.days ?? 0) * 86_400)
    }

    private static func person(_ test: SegmentTest, _ now: Date) -> SQL? {
        let not: SQL = test.isNot ? "NOT " : ""
        if let key = test.tagKey {
            // One value by itself, so that the index gives its people in order.
            let values: SQL =
                switch test.values.count {
                case 0: ""
                case 1: "AND t.value = \(test.values[0])"
                default: "AND t.value = ANY(\(test.values)::text[])"
                }
            return "\(not)EXISTS (SELECT FROM tags t WHERE t.uid = p.uid AND t.is_winner AND t.key = \(key) \(values))"
        }
        switch test.known {
        case .activeWithinDays: return test.isNot ? isQuiet(test, now) : isActive(test, now)
        case .quietForDays: return test.isNot ? isActive(test, now) : isQuiet(test, now)
        case .stage:
            let stages = test.values.compactMap { LifeStage(rawValue: $0) }
            return "\(not)(\(LifeCycleStore.condition(stages, person: "p.uid")))"
        case .bought: return "\(not)EXISTS (SELECT FROM leads w WHERE w.uid = p.uid AND w.deal_outcome = 'won')"
        case .smsAllowed: return "\(not)\(Consents.allowsMarketing(by: .sms))"
        case .emailAllowed: return "\(not)\(Consents.allowsMarketing(by: .email))"
        default: return nil
        }
    }
}
