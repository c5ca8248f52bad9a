import Contracts
import Messaging

/// Steps of care plans are due: tells the others, once each, so that the customers get them.
struct GiveCare: Sendable {
    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let due = timers.compactMap { timer in CareStep.parse(timerKey: timer.key) }
        // The hand-overs first, as whoever puts a hand-over's date right does.
        let handovers = try await HandoverStore(work.tx).locked(Array(Set(due.map(\.handover))))
        let care = CareStore(work.tx)
        let steps = try await care.locked(due)
        var sent: [CareStep] = []
        var events: [Draft] = []
        var moved: [TimerDraft] = []
        for timer in timers {
            guard let step = steps[timer.key], step.sentAt == nil, let handover = handovers[step.handoverID] else {
                continue
            }
            if step.dueAt <= work.now {
                sent.append(step)
                events.append(
                    Draft(CareDue(step, of: handover), about: handover.id, uid: handover.uid, cause: timer.cause)
                )
            } else {
                // The date was moved while the timer was on its way.
                moved.append(try TimerDraft(PlanCare.timer, key: timer.key, at: step.dueAt, cause: timer.cause))
            }
        }
        try await work.timers.set(moved)
        try await care.markSent(sent, at: work.now)
        try await work.publish(events)
    }
}

extension CareDue {
    fileprivate init(_ step: CareStep, of handover: Handover) {
        self.init(
            uid: handover.uid,
            handoverID: handover.id,
            step: step.step,
            project: handover.project,
            unitNumber: handover.unitNumber,
            dueAt: step.dueAt,
            why: step.why
        )
    }
}
