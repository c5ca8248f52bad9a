import Contracts
import Foundation
import Messaging

/// Plans the care that follows from a hand-over, or moves it when the hand-over's date was put right.
struct PlanCare: Sendable {
    static let timer = "service.care"
    let zone: TimeZone

    func callAsFunction(for handover: Handover, _ work: Work) async throws {
        guard let completedAt = handover.completedAt else { return }
        let care = CareStore(work.tx)
        for rule in try await care.rules() {
            let dueAt = rule.due(after: completedAt, in: zone)
            let step = CareStep(
                handoverID: handover.id,
                step: rule.step,
                dueAt: dueAt,
                why: rule.why(handover: completedAt, due: dueAt, in: zone)
            )
            guard try await care.plan(step) else { continue }
            try await work.timers.set(PlanCare.timer, key: step.timerKey, at: dueAt, cause: work.cause)
        }
    }
}

extension CareStep {
    /// `<hand-over>:<step>`.
    var timerKey: String { "\(handoverID):\(step)" }

    /// What a timer's key says.
    static func parse(timerKey key: String) -> (handover: HandoverID, step: String)? {
        let parts = key.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let id = HandoverID(parts[0]) else { return nil }
        return (id, String(parts[1]))
    }
}
