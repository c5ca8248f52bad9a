import Contracts
import Foundation
import Messaging

/// Whether somebody who has just arrived, or of whom more is known, is somebody we know.
///
/// It is asked by a timer that intake sets, so that no enquiry waits for the answer and none is forgotten.
struct MatchQuestion: Codable, Sendable {
    static let timerKind = "leads.identity"

    /// One submission spoke of two.
    struct Conflict: Codable, Sendable, Hashable {
        let kept: UID
        let other: UID
        let submission: UUID

        init(kept: UID, other: UID, submission: UUID) {
            self.kept = kept
            self.other = other
            self.submission = submission
        }

        init(_ conflict: IdentityResolver.Conflict, _ submission: UUID) {
            self.init(kept: conflict.kept, other: conflict.other, submission: submission)
        }
    }

    var persons: [UID]
    var conflicts: [Conflict] = []

    init(persons: some Sequence<UID>, conflicts: [Conflict] = []) {
        self.persons = Set(persons).sorted()
        self.conflicts = conflicts
    }

    /// Nil when there is nothing to ask.
    func timer(at now: Date) throws -> TimerDraft? {
        guard !persons.isEmpty || !conflicts.isEmpty else { return nil }
        return try TimerDraft(
            MatchQuestion.timerKind,
            key: UUID.v7().wire,
            at: now,
            payload: self,
            cause: Cause(actor: "system")
        )
    }
}
