import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The SQL of counts that are kept: with few people they are counted when somebody asks, with many beside.
struct KeptCountStore: Sendable {
    /// Of so many people nobody waits for a count.
    static let countedLiveUpTo = 50_000

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    // MARK: Stages

    /// How many people are in each stage.
    func life() async throws -> LifeCounts {
        if let kept = try await keptLife(), kept.isLarge { return kept }
        return LifeCounts(people: try await LifeCycleStore(tx).counts())
    }

    private func keptLife() async throws -> LifeCounts? {
        let rows = try await tx.all(
            "SELECT substr(name, 6) AS stage, people, counted_at FROM kept_counts WHERE name LIKE 'life:%'"
        ) { row in
            (
                stage: LifeStage(rawValue: try row["stage"]), people: try row["people"] as Int,
                at: try row["counted_at"] as Date
            )
        }
        guard let at = rows.map(\.at).min() else { return nil }
        let people = rows.compactMap { row in row.stage.map { ($0, row.people) } }
        return LifeCounts(people: Dictionary(people) { first, _ in first }, countedAt: at)
    }

    /// Counts the stages anew where they were counted more than `age` seconds ago.
    func refreshLife(olderThan age: TimeInterval, at now: Date) async throws {
        if let at = try await keptLife()?.countedAt, now.timeIntervalSince(at) < age { return }
        let counts = try await LifeCycleStore(tx).counts()
        try save(LifeStage.allCases.map { ("life:\($0.rawValue)", counts[$0] ?? 0) }, at: now)
    }

    // MARK: Segments

    /// How many people belong to each of these segments, of those whom the viewer sees.
    func segments(_ segments: [Segment], _ sight: Sight, now: Date) async throws -> [SegmentID: KeptCount] {
        let kept = sight.extent == .all ? try await keptSegments(segments) : [:]
        var counts: [SegmentID: KeptCount] = [:]
        for segment in segments {
            let live = { KeptCount(people: try await SegmentStore(tx).count(segment.tests, sight, now: now)) }
            counts[segment.id] = if let count = kept[segment.id] { count } else { try await live() }
        }
        return counts
    }

    private func keptSegments(_ segments: [Segment]) async throws -> [SegmentID: KeptCount] {
        guard try await keptLife()?.isLarge == true else { return [:] }
        let rows = try await tx.all(
            """
            SELECT t.id, k.people, k.counted_at
              FROM unnest(\(segments.map(\.id.uuid))::uuid[], \(segments.map(\.countName))::text[]) AS t (id, name)
              JOIN kept_counts k ON k.name = t.name
            """
        ) { (try $0["id"] as SegmentID, KeptCount(people: try $0["people"], countedAt: try $0["counted_at"])) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Counts one segment anew: of those counted more than `age` seconds ago, or never, the one that has waited longest.
    /// - Returns: whether there was one.
    func refreshSegment(olderThan age: TimeInterval, at now: Date) async throws -> Bool {
        guard try await keptLife()?.isLarge == true else { return false }
        let all = try await SegmentStore(tx).all()
        let kept = try await keptSegments(all)
        func countedAt(_ segment: Segment) -> Date { kept[segment.id]?.countedAt ?? .distantPast }
        guard let stale = all.min(by: { countedAt($0) < countedAt($1) }),
            now.timeIntervalSince(countedAt(stale)) >= age
        else {
            try forget(countedBefore: now.addingTimeInterval(-86_400))
            return false
        }
        try save([(stale.countName, try await SegmentStore(tx).count(stale.tests, now: now))], at: now)
        return true
    }

    // MARK: Referrals

    /// Under which name the number of referrals is kept.
    static let referrals = "referrals"

    /// Counts referrals, and what they come to, where that was done more than `age` seconds ago.
    func refreshReferrals(olderThan age: TimeInterval, at now: Date) async throws {
        let kept: Date? = try await tx.first("SELECT counted_at FROM kept_counts WHERE name = \(Self.referrals)") {
            try $0["counted_at"]
        }
        if let kept, now.timeIntervalSince(kept) < age { return }
        try save([(Self.referrals, try await ReferralSumStore(tx).keep())], at: now)
    }

    // MARK: Rows

    /// Counts everything anew, whatever was counted before.
    func countAll(at now: Date) async throws {
        try tx.later("DELETE FROM kept_counts")
        try await refreshLife(olderThan: 0, at: now)
        try await refreshReferrals(olderThan: 0, at: now)
        guard try await keptLife()?.isLarge == true else { return }
        for segment in try await SegmentStore(tx).all() {
            try save([(segment.countName, try await SegmentStore(tx).count(segment.tests, now: now))], at: now)
        }
    }

    /// - Returns: false while another replica is at it.
    func takeTurn() async throws -> Bool {
        try await tx.first(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' kept counts', 0)) AS mine"
        ) { try $0["mine"] } ?? false
    }

    private func save(_ counts: [(name: String, people: Int)], at now: Date) throws {
        try tx.later(
            """
            INSERT INTO kept_counts (name, people, counted_at)
            SELECT name, people, \(now)
              FROM unnest(\(counts.map(\.name))::text[], \(counts.map(\.people))::bigint[]) AS t (name, people)
            ON CONFLICT (name) DO UPDATE SET people = EXCLUDED.people, counted_at = EXCLUDED.counted_at
            """
        )
    }

    /// What nobody counts any more: segments that were changed or removed.
    private func forget(countedBefore time: Date) throws {
        try tx.later("DELETE FROM kept_counts WHERE counted_at < \(time)")
    }
}

extension LifeCounts {
    fileprivate var isLarge: Bool { people.values.reduce(0, +) > KeptCountStore.countedLiveUpTo }
}

extension Segment {
    /// Another version asks something else, and is counted by itself.
    fileprivate var countName: String { "segment:\(id):\(version)" }
}
