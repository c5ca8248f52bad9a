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

    /// So many people are asked about by one timer at most, since some hundred of those are answered at once.
    private static let atMost = 50

    /// None when there is nothing to ask.
    func timers(at now: Date) throws -> [TimerDraft] {
        guard !persons.isEmpty || !conflicts.isEmpty else { return [] }
        var parts = stride(from: 0, to: persons.count, by: Self.atMost).map { start in
            MatchQuestion(persons: persons[start..<min(start + Self.atMost, persons.count)])
        }
        if parts.isEmpty { parts = [MatchQuestion(persons: [])] }
        parts[0].conflicts = conflicts
        return try parts.map { part in
            try TimerDraft(
                MatchQuestion.timerKind,
                key: UUID.v7().wire,
                at: now,
                payload: part,
                makesWay: true,
                cause: Cause(actor: "system")
            )
        }
    }
}
