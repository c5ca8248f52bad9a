import AMQP
import Contracts
import Failures

/// `<service>.events`: what the service hears of the others.
struct EventInlet: Inlet {
    let queue: String
    let bindings: [InletBinding]
    let isOrdered = true
    let deduplicates = true
    /// A message may be listened to by several: a handler, and the projections that it feeds.
    private let handlers: [MessageName: [Subscription]]
    private let received = CounterFamily("events_received_total", by: "name")
    private let projections: [Projection]

    init(service: String, subscriptions: [Subscription], projections: [Projection] = []) {
        queue = "\(service).events"
        self.projections = projections
        handlers = Dictionary(grouping: subscriptions, by: \.name)
        bindings =
            Set(subscriptions.map(\.name.routingKey)).sorted().map {
                InletBinding(exchange: "lintel.events", routingKey: $0)
            } + [ReplayRoute.binding(of: service)]
    }

    func open(_ delivery: Delivery) throws -> Incoming<Received> {
        let envelope = try Envelope.decode(delivery.body)
        guard envelope.specversion == "1.0" else {
            throw Rejection.invalid("specversion", "unknown-specversion", "Only CloudEvents 1.0 are understood.")
        }
        guard Registry.knows(envelope.type) else {
            throw Rejection.invalid("type", "unknown-contract", "No contract is named \(envelope.type).")
        }
        guard envelope.id.utf8.count <= 255, !envelope.id.isEmpty else {
            throw Rejection.invalid("id", "bad-id", "An id has 1 to 255 bytes.")
        }
        // What is sent again to rebuild something is another message: it says nothing of whether the event was handled.
        let rebuild = ReplayRoute(delivery.routingKey)?.rebuild
        return Incoming(
            source: envelope.source + (rebuild.map { " for \($0.projection) \($0.run)" } ?? ""),
            messageID: envelope.id,
            name: envelope.type.text,
            orderKeys: [envelope.subject] + (envelope.uid.map { [$0.description] } ?? []),
            content: Received(envelope: envelope, body: delivery.body, rebuilds: rebuild?.projection),
            delivery: delivery,
            traceparent: envelope.traceparent
        )
    }

    func traced(_ content: Received, as traceparent: String) -> Received {
        var envelope = content.envelope
        envelope.traceparent = traceparent
        return Received(envelope: envelope, body: content.body, rebuilds: content.rebuilds)
    }

    func check(_ message: Incoming<Received>) throws {
        func read(_ contract: (some Contract).Type) throws { _ = try message.content.data(as: contract) }
        guard let contract = Registry.contracts.first(where: { $0.name == message.content.envelope.type }) else {
            return
        }
        try read(contract)
    }

    func handle(_ batch: [Incoming<Received>], _ work: Work) async throws {
        for projection in projections {
            let wanted = batch.map(\.content).filter {
                $0.rebuilds == projection.name && projection.names.contains($0.envelope.type)
            }
            if !wanted.isEmpty { try await projection.apply(wanted, work) }
        }
        for group in EventInlet.grouped(batch.filter { $0.content.rebuilds == nil }) {
            // A known message that nobody here listens to (any more) is no fault: its binding outlived its subscription.
            guard let name = group.first?.content.envelope.type, let listeners = handlers[name] else { continue }
            for listener in listeners { try await listener.handle(group.map(\.content), work) }
        }
        let names = batch.map(\.content.envelope.type.text)
        work.afterCommit { received.increment(names) }
    }

    /// Puts messages of one type together, so that handlers may be set-based, without changing the order of any two
    /// messages that share an order key.
    static func grouped(_ batch: [Incoming<Received>]) -> [[Incoming<Received>]] {
        var groups: [[Incoming<Received>]] = []
        /// For every key, the last group that holds a message with it.
        var lastGroup: [String: Int] = [:]
        var groupsByName: [String: Int] = [:]
        for message in batch {
            let earliest = message.orderKeys.compactMap { lastGroup[$0] }.max() ?? 0
            let name = message.name ?? ""
            let index: Int
            if let group = groupsByName[name], group >= earliest {
                index = group
                groups[index].append(message)
            } else {
                index = groups.count
                groups.append([message])
                groupsByName[name] = index
            }
            for key in message.orderKeys { lastGroup[key] = index }
        }
        return groups
    }
}
