import Contracts
import Failures
import Messaging

/// The clocks of cases have run out: alerts whoever is to hear of it, one step of each ladder after another, each once.
struct AlertUnanswered: Sendable {
    /// Takes every step that is due and was not taken, and sets the timers for the next ones.
    ///
    /// The cases are locked first, so that an answer comes either before all of it or after.
    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let rung = timers.compactMap { timer in CaseID(timer.key).map { (id: $0, cause: timer.cause) } }
        let cases = try await CaseStore(work.tx).locked(rung.map(\.id))
        let taken = try await ClockStore(work.tx).taken(for: rung.map(\.id))
        let leaders = try await StaffStore(work.tx).active(roles: Alert.roles)
        var alerts: [(alert: Alert, cause: Cause)] = []
        var next: [TimerDraft] = []
        for (id, cause) in rung {
            guard let current = cases[id] else { throw Rejection.notFound("case", id) }
            guard current.isClockRunning else { continue }
            let due = current.ladder.outstanding(at: work.now, taken: taken[id] ?? [])
            alerts += due.map { (Alert($0, of: current, leaders: leaders, at: work.now), cause) }
            let climbed = (taken[id] ?? []).union(due.map(\.rawValue))
            if let at = current.ladder.next(after: work.now, taken: climbed) {
                next.append(try TimerDraft(Ladder.timer, key: id, at: at, cause: cause))
            }
        }
        try await work.timers.set(next)
        try await tell(alerts, work)
    }

    private func tell(_ alerts: [(alert: Alert, cause: Cause)], _ work: Work) async throws {
        guard !alerts.isEmpty else { return }
        try await ClockStore(work.tx).take(alerts.map(\.alert), at: work.now)
        try await CaseStore(work.tx).add(alerts.map { ($0.alert.current.id, $0.alert.entry(at: work.now)) })
        try await work.publish(
            alerts.map { alert, cause in
                Draft(alert.event, about: alert.current.id, uid: alert.current.uid, cause: cause)
            }
        )
    }
}
