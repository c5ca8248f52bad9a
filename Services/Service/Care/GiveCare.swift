import Contracts
import Messaging

/// A step of a care plan is due: tells the others, once, so that the customer gets it.
struct GiveCare: Sendable {
    var handler: TimerHandler {
        .on(PlanCare.timer) { timer, work in
            guard let (handover, step) = CareStep.parse(timerKey: timer.key) else { return }
            try await self(step, of: handover, work)
        }
    }

    func callAsFunction(_ name: String, of id: HandoverID, _ work: Work) async throws {
        let care = CareStore(work.tx)
        guard let step = try await care.locked(name, of: id), step.sentAt == nil else { return }
        guard step.dueAt <= work.now else {
            // The date was moved while the timer was on its way.
            return try await work.timers.set(PlanCare.timer, key: step.timerKey, at: step.dueAt, cause: work.cause)
        }
        let handover = try await HandoverStore(work.tx).locked(id)
        try await care.markSent(step, at: work.now)
        try await work.publish(
            CareDue(
                uid: handover.uid,
                handoverID: id,
                step: name,
                project: handover.project,
                unitNumber: handover.unitNumber,
                dueAt: step.dueAt,
                why: step.why
            ),
            about: id,
            uid: handover.uid
        )
    }
}
