import Contracts
import Foundation
import Logging
import Metrics
import Postgres
public import ServiceLifecycle
import Synchronization

/// Fires the timers of a service when they are due, each in the transaction that removes it.
///
/// It sleeps until the next one is due; any number of replicas may run it. Due is what the service's clock says.
public struct TimerLoop: Service {
    private let spine: Spine
    private let handlers: [String: TimerHandler]
    private let late: Metrics.Timer

    private var kinds: [String] { Array(handlers.keys) }

    public init(_ spine: Spine, _ handlers: [TimerHandler]) {
        self.spine = spine
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.kind, $0) })
        late = Metrics.Timer(label: "timer_late_seconds", dimensions: [("service", spine.service)])
        // From 0 on, so that the first failure is seen as a rise.
        for handler in handlers { TimerLoop.count(failuresOf: handler.kind, 0) }
    }

    public func run() async throws {
        guard !handlers.isEmpty else {
            try? await gracefulShutdown()
            return
        }
        async let aside: Void = fire(.aside)
        await fire(.prompt)
        await aside
    }

    private func fire(_ lane: TimerStore.Lane) async {
        let alarm = spine.timerAlarms[lane]
        await untilShutdown(waking: alarm.signal) {
            do {
                let start = ContinuousClock.now
                let isMore = try await fireDue(lane) > 0
                if lane == .aside { await spine.rush.calm(afterATurnOf: ContinuousClock.now - start) }
                if !isMore { await sleep(lane, alarm) }
            } catch {
                spine.logger.error("timers: could not fire", metadata: ["error": "\(error)"])
                await alarm.sleep(until: .distantPast, atMost: .seconds(1))
            }
        }
    }

    /// Fires what is due and returns how many that were.
    package func fireDue() async throws -> Int {
        var fired = 0
        for lane in TimerStore.Lane.allCases { fired += try await fireDue(lane) }
        return fired
    }

    /// Fires what is due and returns how many that were.
    ///
    /// A batch in which one fails is run again one by one.
    private func fireDue(_ lane: TimerStore.Lane) async throws -> Int {
        do {
            return try await fireTogether(lane)
        } catch let error where error.databaseRetry == .whenReachable {
            throw error
        } catch {
            return try await fireOneByOne(lane)
        }
    }

    private func fireTogether(_ lane: TimerStore.Lane) async throws -> Int {
        let fired = try await spine.perform(.system) { work in
            let taken = try await TimerStore(work.tx).takeDue(kinds, lane, at: work.now, atMost: lane.batch)
            if lane == .prompt {
                for timer in taken { late.recordSeconds(max(0, work.now.timeIntervalSince(timer.dueAt))) }
            }
            for group in grouped(taken) { try await group.handler.fire(group.timers, work) }
            if !taken.isEmpty { Failpoint.hit("timer.before-commit") }
            return taken.count
        }
        if fired > 0 { Failpoint.hit("timer.after-commit") }
        return fired
    }

    /// Timers of one handler, in the order in which they are due.
    private struct Group {
        let handler: TimerHandler
        var timers: [DueTimer]
    }

    /// A set-based handler gets all of its timers when the first of them is due, the others get one by one.
    private func grouped(_ timers: [DueTimer]) -> [Group] {
        var groups: [Group] = []
        var indices: [String: Int] = [:]
        for timer in timers {
            guard let handler = handlers[timer.kind] else { continue }
            if handler.isSetBased, let index = indices[timer.kind] {
                groups[index].timers.append(timer)
            } else {
                indices[timer.kind] = groups.count
                groups.append(Group(handler: handler, timers: [timer]))
            }
        }
        return groups
    }

    private func fireOneByOne(_ lane: TimerStore.Lane) async throws -> Int {
        let due = try await spine.read { tx in
            try await TimerStore(tx).due(kinds, lane, at: spine.clock.now, atMost: lane.batch)
        }
        for id in due {
            do {
                try await fireAlone(id)
            } catch let error where error.databaseRetry == .whenReachable {
                throw error
            } catch {
                spine.logger.error(
                    "timers: one failed and will be tried again",
                    metadata: ["timer.kind": "\(id.kind)", "timer.key": "\(id.key)", "error": "\(error)"]
                )
                TimerLoop.count(failuresOf: id.kind, 1)
                try await spine.perform(.system) { work in
                    try await TimerStore(work.tx).postpone(id, error: "\(error)", from: work.now)
                }
            }
        }
        return due.count
    }

    private func fireAlone(_ id: TimerStore.ID) async throws {
        try await spine.perform(.system) { work in
            guard let timer = try await TimerStore(work.tx).take(id, at: work.now) else { return }
            try await handlers[timer.kind]?.fire([timer], work)
            Failpoint.hit("timer.before-commit")
        }
        Failpoint.hit("timer.after-commit")
    }

    private static func count(failuresOf kind: String, _ count: Int) {
        Counter(label: "timer_failures_total", dimensions: [("kind", kind)]).increment(by: count)
    }

    private func sleep(_ lane: TimerStore.Lane, _ alarm: TimerAlarm) async {
        let next = try? await spine.read { tx in try await TimerStore(tx).nextDue(kinds, lane) }
        let until = next ?? spine.clock.now.addingTimeInterval(30)
        let seconds = min(30, max(0.001, until.timeIntervalSince(spine.clock.now)))
        await alarm.sleep(until: until, atMost: .seconds(seconds))
    }
}

extension TimerStore.Lane {
    /// Timers that are claimed in one transaction, which holds their locks and what their handlers lock.
    ///
    /// Fewer of those that make way, so that whoever is in a rush does not meet a long one.
    var batch: Int { self == .aside ? 100 : 500 }
}

/// Wakes whoever fires timers: those that somebody waits for, and those that make way.
struct TimerAlarms: Sendable {
    private let prompt = TimerAlarm()
    private let aside = TimerAlarm()

    subscript(lane: TimerStore.Lane) -> TimerAlarm { lane == .aside ? aside : prompt }

    func wakeAll() {
        for lane in TimerStore.Lane.allCases { self[lane].wake(for: .distantPast) }
    }
}

/// Wakes the timer loop for a timer that is due sooner than it means to sleep.
final class TimerAlarm: Sendable {
    let signal = Signal()
    private let sleepingUntil = Mutex<Date?>(nil)

    func wake(for due: Date) {
        let isSooner = sleepingUntil.withLock { until in until.map { due < $0 } ?? true }
        if isSooner { signal.poke() }
    }

    func sleep(until: Date, atMost limit: Duration) async {
        sleepingUntil.withLock { $0 = until }
        await signal.wait(atMost: limit)
        sleepingUntil.withLock { $0 = nil }
    }
}
