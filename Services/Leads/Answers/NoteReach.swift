import Contracts
import Messaging

/// Keeps whose number or address does not work, as Notify finds out, for those who look after them.
struct NoteReach: Sendable {
    func callAsFunction(_ told: RecipientUnreachable, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: told.uid)
        // Locked, since they may be forgotten at the same time.
        guard try await PersonStore(work.tx).locked([uid])[uid] != nil,
            try await !ErasureStore(work.tx).isErased(uid)
        else { return }
        try AnswerStore(work.tx).mark(told)
    }

    func callAsFunction(_ told: RecipientReachable, _ work: Work) throws {
        try AnswerStore(work.tx).clear(told)
    }
}
