import Contracts
import Foundation
import Messaging

/// Notes that the keys were handed over, and plans the care that follows.
struct CompleteHandover: Sendable {
    let spine: Spine
    let planCare: PlanCare

    func callAsFunction(
        _ id: HandoverID,
        _ completion: HandoverCompletion,
        by staff: StaffID,
        _ cause: Cause
    ) async throws -> Handover {
        try await spine.perform(cause) { work in try await self(id, completion, by: staff, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(
        _ id: HandoverID,
        _ completion: HandoverCompletion,
        by staff: StaffID,
        _ work: Work
    ) async throws -> Handover {
        let note = try Words.optional(completion.note, "note", atMost: 2_000)
        let handovers = HandoverStore(work.tx)
        let completed = try await handovers.locked(id)
            .completed(at: completion.completedAt ?? work.now, by: staff, note: note, now: work.now)
        try await handovers.save(completed)
        try await planCare(for: completed, work)
        try await work.publish(
            HandoverCompleted(
                handoverID: id,
                uid: completed.uid,
                contractID: completed.contractID,
                project: completed.project,
                unitNumber: completed.unitNumber,
                staffID: staff,
                completedAt: completed.completedAt ?? work.now
            ),
            about: id,
            uid: completed.uid
        )
        return completed
    }
}

/// How a hand-over went, as its maker says it.
struct HandoverCompletion: Codable, Sendable, Equatable {
    var note: String?
    /// Now, when absent.
    var completedAt: Date?
}

/// Puts the date of a completed hand-over right; what was planned from it and not sent yet moves along.
///
/// The others are not told again: for them the keys were handed over once.
struct CorrectHandover: Sendable {
    let spine: Spine
    let planCare: PlanCare

    func callAsFunction(_ id: HandoverID, to completedAt: Date, _ cause: Cause) async throws -> Handover {
        try await spine.perform(cause) { work in try await self(id, to: completedAt, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(_ id: HandoverID, to completedAt: Date, _ work: Work) async throws -> Handover {
        let handovers = HandoverStore(work.tx)
        let corrected = try await handovers.locked(id).corrected(to: completedAt, now: work.now)
        try await handovers.save(corrected)
        try await planCare(for: corrected, work)
        return corrected
    }
}
