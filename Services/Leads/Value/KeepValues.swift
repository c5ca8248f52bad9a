import Contracts
import Foundation
import Messaging
import Policies

/// Puts buyers into layers: all of them every night, those of a project soon after something has changed there.
struct KeepValues: Sendable {
    static let nightTimer = "leads.value.night"
    static let projectTimer = "leads.value.project"
    /// People whose tags are written within one transaction.
    static let atOnce = 500

    let keep: KeepTags
    let zone: TimeZone

    /// Waits for the night, unless that is done already.
    func begin(_ work: Work) async throws {
        guard try await !ValueStore(work.tx).isWaiting(for: Self.nightTimer) else { return }
        try await waitForNight(work)
    }

    /// It is night: every project is reckoned by itself, so that none holds up another.
    func night(_ timer: DueTimer, _ work: Work) async throws {
        let projects = try await ValueStore(work.tx).projects()
        try await work.timers.set(
            projects.map { try TimerDraft(Self.projectTimer, key: $0, at: work.now, cause: work.cause) }
        )
        try await waitForNight(work)
    }

    /// Something has changed for people; what follows in their projects is reckoned once for all that happens meanwhile.
    static func changed(_ members: [UID], _ work: Work) async throws {
        let soon = Date(timeIntervalSince1970: (work.now.timeIntervalSince1970 / 60).rounded(.down) * 60 + 120)
        let projects = try await ValueStore(work.tx).projects(of: members)
        try await work.timers.set(
            projects.map { try TimerDraft(projectTimer, key: $0, at: soon, cause: work.cause) }
        )
    }

    /// A project is reckoned, and the tags of its people written, some hundred at a time.
    func project(_ timer: DueTimer, _ work: Work) async throws {
        let store = ValueStore(work.tx)
        let policy = try await PolicyStore(work.tx).current(ValuePolicy.self)
        let gone = try await store.reckon(timer.key, policy, now: work.now)
        try await TagStore(work.tx).takeTurn()
        try await store.untag(gone)
        let untold = try await store.untold(timer.key, atMost: Self.atOnce)
        guard !untold.isEmpty else { return }
        try store.forgetTags(of: untold.map(\.uid))
        try await keep.keep(
            untold.map { one in
                let tag = Tag(
                    key: TagKey.worth.rawValue,
                    value: one.layer.rawValue,
                    source: .events,
                    confidence: 100,
                    origin: "value:\(one.project)",
                    notedAt: work.now
                )
                return (one.uid, tag)
            },
            work
        )
        guard untold.count == Self.atOnce else { return }
        try await work.timers.set(Self.projectTimer, key: timer.key, at: work.now, cause: timer.cause)
    }

    private func waitForNight(_ work: Work) async throws {
        let policy = try await PolicyStore(work.tx).current(ValuePolicy.self).value
        let night = policy.nextNight(after: work.now, in: zone)
        try await work.timers.set(Self.nightTimer, key: "all", at: night, cause: work.cause)
    }
}
