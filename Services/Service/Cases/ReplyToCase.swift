import Contracts
import Messaging

/// Answers the customer of a case.
///
/// The first answer stops the clock.
struct ReplyToCase: Sendable {
    let spine: Spine

    func callAsFunction(_ id: CaseID, _ text: String, by staff: StaffID, _ cause: Cause) async throws -> Case {
        try await spine.perform(cause) { work in try await self(id, text, by: staff, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(_ id: CaseID, _ text: String, by staff: StaffID, _ work: Work) async throws -> Case {
        let words = try Words.required(text, "text", atMost: 10_000)
        // The timer goes first: a clock that runs out holds its timer before it locks the case, and so do we.
        try await work.timers.cancel(Ladder.timer, key: id)
        let cases = CaseStore(work.tx)
        let (answered, isFirst, isWithinTarget) = try await cases.locked(id).replied(at: work.now)
        try await cases.save(answered)
        try await cases.add(
            CaseEntry(at: work.now, kind: .reply, staffID: staff, text: words, event: CaseReplied.name),
            to: id
        )
        try await work.publish(
            CaseReplied(
                caseID: id,
                number: answered.number,
                uid: answered.uid,
                staffID: staff,
                isFirst: isFirst,
                isWithinTarget: isWithinTarget,
                text: words
            ),
            about: id,
            uid: answered.uid
        )
        return answered
    }
}
