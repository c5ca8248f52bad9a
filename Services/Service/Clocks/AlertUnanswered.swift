import Contracts
import Foundation
import Messaging

/// A case's clock has run out: alerts whoever is to hear of it, one step of the ladder after another, each once.
struct AlertUnanswered: Sendable {
    var handler: TimerHandler {
        .on(Ladder.timer) { timer, work in
            guard let id = CaseID(timer.key) else { return }
            try await self(id, work)
        }
    }

    /// Takes every step that is due and was not taken, and sets the timer for the next one.
    ///
    /// The case is locked first, so that an answer comes either before all of it or after.
    func callAsFunction(_ id: CaseID, _ work: Work) async throws {
        let current = try await CaseStore(work.tx).locked(id)
        guard current.isClockRunning else { return }
        let clocks = ClockStore(work.tx)
        var taken = try await clocks.taken(for: id)
        for step in current.ladder.outstanding(at: work.now, taken: taken) {
            let recipients = try await recipients(of: step, current, work)
            guard try await clocks.take(step, for: id, alerting: recipients, at: work.now) else { continue }
            taken.insert(step.rawValue)
            try await tell(step, of: current, recipients, work)
        }
        if let next = current.ladder.next(after: work.now, taken: taken) {
            try await work.timers.set(Ladder.timer, key: id, at: next, cause: work.cause)
        }
    }

    /// The owner and the supervisors, then the heads; where nobody has that role, the next above, so that somebody hears.
    private func recipients(of step: Ladder.Step, _ current: Case, _ work: Work) async throws -> [StaffID] {
        let staff = try await StaffStore(work.tx).active(roles: ["supervisor", "head", "admin"])
        let ranks = step == .desk ? ["supervisor", "head", "admin"] : ["head", "admin"]
        let alerted = ranks.lazy.map { rank in staff.filter { $0.role == rank }.map(\.id) }.first { !$0.isEmpty } ?? []
        guard step == .desk, let owner = current.ownerID else { return alerted }
        return [owner] + alerted.filter { $0 != owner }
    }

    private func tell(_ step: Ladder.Step, of current: Case, _ recipients: [StaffID], _ work: Work) async throws {
        let why = Why(
            rule: "sla.\(Ladder.clock).step-\(step.rawValue)",
            version: current.deadlineWhy.version,
            inputs: [
                "dueAt": Wire.text(of: current.responseDueAt), "stepDueAt": Wire.text(of: current.ladder.due(step)),
                "firedAt": Wire.text(of: work.now), "deadlineRule": current.deadlineWhy.rule,
                "alerted": "\(recipients.count)",
            ],
            otherwise: "An answer before then would have stopped the clock."
        )
        try await CaseStore(work.tx).add(
            CaseEntry(at: work.now, kind: .alert, text: "\(step.rawValue)", why: why, event: SLABreached.name),
            to: current.id
        )
        try await work.publish(
            SLABreached(
                caseID: current.id,
                number: current.number,
                uid: current.uid,
                clock: Ladder.clock,
                step: step.rawValue,
                recipients: recipients,
                title: current.title,
                dueAt: current.responseDueAt,
                why: why
            ),
            about: current.id,
            uid: current.uid
        )
    }
}
