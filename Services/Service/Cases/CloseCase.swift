import Contracts
import Messaging

/// Closes a case with what came of it.
///
/// The customer is told, so the clock stops too if nobody had answered before.
struct CloseCase: Sendable {
    let spine: Spine

    func callAsFunction(_ id: CaseID, result: String, by staff: StaffID, _ cause: Cause) async throws -> Case {
        try await spine.perform(cause) { work in try await self(id, result: result, by: staff, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(_ id: CaseID, result: String, by staff: StaffID, _ work: Work) async throws -> Case {
        let words = try Words.required(result, "result", atMost: 2_000)
        try await work.timers.cancel(Ladder.timer, key: id)
        let cases = CaseStore(work.tx)
        let done = try await cases.locked(id).closed(with: words, at: work.now)
        try await cases.save(done)
        try await cases.add(
            CaseEntry(at: work.now, kind: .closed, staffID: staff, text: words, event: CaseClosed.name),
            to: id
        )
        try await work.publish(
            CaseClosed(caseID: id, number: done.number, uid: done.uid, staffID: staff, result: words),
            about: id,
            uid: done.uid
        )
        return done
    }
}
