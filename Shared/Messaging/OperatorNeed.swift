public import AMQP

/// A queue of the service, as its consumer sees it.
public struct QueueState: Sendable {
    public let queue: String
    public let connection: ConnectionState
    /// Nil while there is no connection.
    public let look: QueueLook?

    public init(queue: String, connection: ConnectionState, look: QueueLook?) {
        self.queue = queue
        self.connection = connection
        self.look = look
    }
}

extension InletServices {
    /// How the inlet's queue stands now.
    public var queueState: QueueState { QueueState(queue: queue, connection: state(), look: look()) }
}

/// Something that an operator should know of.
public enum OperatorNeed: Sendable, Equatable {
    /// There is no connection; why, as far as it is known.
    case disconnected(queue: String?, reason: String?)
    case blocked(reason: String)
    case drifted(reason: String)
    /// Nobody takes messages from the queue.
    case unheard(queue: String)
    /// More waits in the queue than a healthy service leaves there.
    case crowded(queue: String, ready: Int)
    /// Events that could be sent are not; how many there are in the outbox, and since when the oldest of those waits.
    case outboxLate(events: Int, seconds: Double)
    /// The broker gave events back: no queue is bound to them.
    case unroutable(events: Int)
    case timersLate(timers: Int, seconds: Double)
    case timersFailing(timers: Int)
    case retrying(messages: Int)
    case dead(DeadLetterGroup)

    /// Whether somebody must act; otherwise it is worth a look, and may pass by itself.
    public var isGrave: Bool {
        switch self {
        case .crowded, .timersFailing, .retrying: false
        case .disconnected, .blocked, .drifted, .unheard, .outboxLate, .unroutable, .timersLate, .dead: true
        }
    }
}

extension SpineState {
    /// From so many seconds on what should be under way at once is late.
    public static let late = 60.0
    /// From so many messages on a queue is crowded.
    static let crowd = 1_000

    /// What an operator should know of, the gravest first.
    public func needs(publishing: ConnectionState, queues: [QueueState]) -> [OperatorNeed] {
        let all = connections(publishing, queues) + waiting(queues) + letters.map(OperatorNeed.dead)
        return all.filter(\.isGrave) + all.filter { !$0.isGrave }
    }

    private func connections(_ publishing: ConnectionState, _ queues: [QueueState]) -> [OperatorNeed] {
        var needs = [publishing.need(for: nil)].compactMap { $0 }
        for queue in queues {
            if let need = queue.connection.need(for: queue.queue), !needs.contains(need) {
                needs.append(need)
            } else if let look = queue.look, look.consumers == 0 {
                needs.append(.unheard(queue: queue.queue))
            }
        }
        return needs
    }

    private func waiting(_ queues: [QueueState]) -> [OperatorNeed] {
        var needs: [OperatorNeed] = []
        if backlog.outboxWaitingSeconds > Self.late {
            needs.append(.outboxLate(events: backlog.outbox, seconds: backlog.outboxWaitingSeconds))
        }
        if backlog.unroutable > 0 { needs.append(.unroutable(events: backlog.unroutable)) }
        if backlog.timerLagSeconds > Self.late {
            needs.append(.timersLate(timers: timers.due, seconds: backlog.timerLagSeconds))
        }
        if timers.failing > 0 { needs.append(.timersFailing(timers: timers.failing)) }
        if backlog.retries > 0 { needs.append(.retrying(messages: backlog.retries)) }
        for queue in queues {
            guard let ready = queue.look?.ready, ready >= Self.crowd else { continue }
            needs.append(.crowded(queue: queue.queue, ready: ready))
        }
        return needs
    }
}

extension ConnectionState {
    /// What is wrong with the connection; the publisher's has no queue.
    fileprivate func need(for queue: String?) -> OperatorNeed? {
        switch self {
        case .running: nil
        case .blocked(let reason): .blocked(reason: reason)
        case .topologyDrift(let reason): .drifted(reason: reason)
        case .connecting(_, let error): .disconnected(queue: queue, reason: error)
        case .closed: .disconnected(queue: queue, reason: nil)
        }
    }
}
