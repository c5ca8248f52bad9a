import Contracts
import Failures
import Foundation
import Messaging

/// Switches on a set of rules, as a new version; what was decided by an older one stays as it was.
struct ChangeRules: Sendable {
    /// - Returns: the version that is in force now; the one before when nothing is different.
    @discardableResult
    func callAsFunction(_ set: RuleSet, from base: Int, note: String?, _ work: Work) async throws -> Int {
        let store = RuleSetStore(work.tx)
        try await store.lock()
        let present = try await store.current()
        guard base == present.version else {
            throw Rejection(
                .conflict,
                "rules-changed",
                "Somebody has switched on other rules meanwhile: version \(present.version) is in force.",
                field: "version"
            )
        }
        try set.check(pools: Set(try await PoolStore(work.tx).all().map(\.name)))
        guard set != present.set else { return present.version }
        let version = RuleSetStore.Version(
            version: present.version + 1,
            set: set,
            changedBy: work.cause.actor,
            changedAt: work.now,
            note: note?.cleaned(atMost: 500)
        )
        try await store.add(version)
        let change = RuleSetChange(from: present.set, to: set)
        try await work.publish(
            AssignmentRulesChanged(
                version: version.version,
                added: change.added,
                removed: change.removed,
                changed: change.changed,
                isReordered: change.isReordered,
                note: version.note
            ),
            about: "assignment-rules"
        )
        return version.version
    }
}

/// What is different between two sets of rules, by the rules' names.
struct RuleSetChange: Sendable, Equatable {
    let added: [String]
    let removed: [String]
    let changed: [String]
    /// Those that both have do not come in the same order.
    let isReordered: Bool

    init(from before: RuleSet, to after: RuleSet) {
        let (old, new) = (before.rules.map(\.name), after.rules.map(\.name))
        added = new.filter { !old.contains($0) }
        removed = old.filter { !new.contains($0) }
        let fallback = before.fallback == after.fallback ? [] : [RuleSet.fallbackName]
        changed =
            after.rules.filter { rule in before.rules.contains { $0.name == rule.name && $0 != rule } }.map(\.name)
            + fallback
        isReordered = old.filter(new.contains) != new.filter(old.contains)
    }
}
