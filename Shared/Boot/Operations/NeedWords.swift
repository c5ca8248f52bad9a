import AMQP
import Messaging
public import Web

extension Viewer {
    /// All well, worth a look, or somebody must act.
    func verdict(on graveness: [Bool]) -> Badge {
        if graveness.contains(true) { return Badge(text("operations.verdict-bad"), .bad) }
        return graveness.isEmpty
            ? Badge(text("operations.verdict-good"), .good) : Badge(text("operations.verdict-warning"), .warning)
    }

    /// A need in words, with what to do.
    func view(of need: OperatorNeed, service: String) -> OperationsPart.NeedView {
        let (key, variables, href) = told(need, service)
        let label = self.text("operations.\(service)")
        return OperationsPart.NeedView(
            tone: need.isGrave ? "bad" : "warning",
            text: self.text("operations.labelled", ["name": label, "text": self.text("need.\(key)", variables)]),
            advice: advice(need) ?? self.text("need-advice.\(key)", variables),
            href: href,
            open: self.text("operations.open")
        )
    }

    /// The same of what the service itself has said.
    func view(of need: OperationsFigure.Need, service: String) -> OperationsPart.NeedView {
        let label = self.text("operations.\(service)")
        return OperationsPart.NeedView(
            tone: need.isGrave ? "bad" : "warning",
            text: self.text("operations.labelled", ["name": label, "text": need.text]),
            advice: need.advice,
            href: need.href,
            open: self.text("operations.open")
        )
    }

    private typealias Told = (key: String, variables: [String: String], href: String?)

    private func told(_ need: OperatorNeed, _ service: String) -> Told {
        switch need {
        case .disconnected(let queue, let reason):
            let what = queue ?? text("operations.publishing")
            return ("disconnected", ["queue": what, "reason": reason ?? text("common.unknown")], nil)
        case .blocked(let reason): return ("blocked", ["reason": reason], nil)
        case .drifted(let reason): return ("drifted", ["reason": reason], nil)
        case .unheard(let queue): return ("unheard", ["queue": queue], nil)
        case .crowded(let queue, let ready): return ("crowded", ["queue": queue, "n": number(ready)], nil)
        case .outboxLate(let events, let seconds):
            return ("outbox-late", ["n": number(events), "time": span(seconds)], nil)
        case .unroutable(let events): return ("unroutable", ["n": number(events)], nil)
        case .timersLate(let timers, let seconds):
            return ("timers-late", ["n": number(timers), "time": span(seconds)], nil)
        case .timersFailing(let timers): return ("timers-failing", ["n": number(timers)], nil)
        case .retrying(let messages): return ("retrying", ["n": number(messages)], nil)
        case .dead(let group):
            let variables = ["n": number(group.count), "reason": word("dead-reason", group.reason)]
            return ("dead", variables, group.href(service))
        }
    }

    private func advice(_ need: OperatorNeed) -> String? {
        if case .dead(let group) = need { return advice(onLetters: group.reason) }
        return nil
    }

    /// What to do about dead letters of a reason.
    func advice(onLetters reason: String) -> String {
        let words = word("dead-advice", reason)
        if words != reason { return words }
        return text(reason.hasSuffix("-not-found") ? "dead-advice.not-found" : "dead-advice.contract")
    }

    /// A queue's line.
    func view(of queue: QueueState) -> OperationsPart.QueueView {
        let figure = { (value: Int?) in value.map { self.number($0) } ?? "–" }
        return OperationsPart.QueueView(
            name: queue.queue,
            ready: figure(queue.look?.ready),
            unsettled: figure(queue.look?.unsettled),
            consumers: figure(queue.look?.consumers),
            connection: badge(of: queue.connection)
        )
    }

    private func badge(of connection: ConnectionState) -> Badge {
        switch connection {
        case .running: Badge(text("connection.running"), .good)
        case .blocked: Badge(text("connection.blocked"), .bad)
        case .topologyDrift: Badge(text("connection.drifted"), .bad)
        case .connecting: Badge(text("connection.connecting"), .warning)
        case .closed: Badge(text("connection.closed"), .bad)
        }
    }

    /// Seconds while there are few, so that what is new does not read as a minute old.
    public func short(_ seconds: Double) -> String {
        seconds < 60 ? text("operations.seconds", ["n": number(Int(seconds.rounded()))]) : span(seconds)
    }
}
