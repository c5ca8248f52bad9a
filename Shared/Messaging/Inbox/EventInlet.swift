import AMQP
import Contracts
import Failures

/// `<service>.events`: what the service hears of the others.
struct EventInlet: Inlet {
    let queue: String
    let bindings: [InletBinding]
    let isOrdered = true
    let deduplicates = true
    /// The size from which a bigger batch brings little.
    let batchLimit = 500
    /// While the database writes one, the other is read and put together.
    let partsAtOnce = 2
    let turnsApart: Duration
    /// A message may be listened to by several.
    private let handlers: [MessageName: [Subscription]]
    /// What feeds projections, by the projection.
    private let feeds: [[Subscription]]

    init(
        service: String,
        subscriptions: [Subscription],
        turnsApart: Duration = .zero
    ) {
        queue = "\(service).events"
        self.turnsApart = turnsApart
        handlers = Dictionary(grouping: subscriptions.filter { !$0.kin.isProjection }, by: \.name)
        feeds = Array(Dictionary(grouping: subscriptions.filter(\.kin.isProjection), by: \.kin).values)
        bindings =
            Set(subscriptions.map(\.name.routingKey)).sorted().map {
                InletBinding(exchange: "lintel.events", routingKey: $0)
            } + [ReplayRoute.binding(of: service)]
    }

    func open(_ delivery: Delivery) throws -> Incoming<Received> {
        let message = try MessageParts(delivery.body)
        let envelope = try message.envelope()
        guard envelope.specversion == "1.0" else {
            throw Rejection.invalid("specversion", "unknown-specversion", "Only CloudEvents 1.0 are understood.")
        }
        guard Registry.knows(envelope.type) else {
            throw Rejection.invalid("type", "unknown-contract", "No contract is named \(envelope.type).")
        }
        guard envelope.id.utf8.count <= 255, !envelope.id.isEmpty else {
            throw Rejection.invalid("id", "bad-id", "An id has 1 to 255 bytes.")
        }
        return Incoming(
            source: envelope.source,
            messageID: envelope.id,
            name: envelope.type.text,
            orderKeys: [envelope.subject] + (envelope.uid.map { [$0.description] } ?? []),
            content: Received(envelope: envelope, parts: message),
            delivery: delivery,
            traceparent: envelope.traceparent
        )
    }

    func traced(_ content: Received, as traceparent: String) -> Received { content.traced(as: traceparent) }

    func check(_ message: Incoming<Received>) throws {
        func read(_ contract: (some Contract).Type) throws { _ = try message.content.data(as: contract) }
        guard let contract = Registry.contracts.first(where: { $0.name == message.content.envelope.type }) else {
            return
        }
        try read(contract)
    }

    func handle(_ batch: [Incoming<Received>], _ work: Work) async throws {
        try await project(batch.map(\.content), work)
        for group in EventInlet.grouped(batch, by: kin) {
            // A known message that nobody here listens to (any more) is no fault: its binding outlived its subscription.
            guard let name = group.first?.content.envelope.type else { continue }
            for listener in handlers[name] ?? [] { try await listener.handle(group.map(\.content), work) }
        }
        let names = batch.map(\.content.envelope.type.text)
        work.afterCommit { EventCounts.received(names) }
    }

    /// Gives every projection at once all that feeds it: it depends on nothing else.
    private func project(_ messages: [Received], _ work: Work) async throws {
        for feed in feeds {
            let names = Set(feed.map(\.name))
            let wanted = messages.filter { names.contains($0.envelope.type) }
            if !wanted.isEmpty { try await feed[0].handle(wanted, work) }
        }
    }

    /// Whose a message is: messages of the same listeners may be handled together.
    private func kin(of message: Incoming<Received>) -> [Subscription.Kin] {
        handlers[message.content.envelope.type]?.map(\.kin) ?? []
    }

    /// Puts messages of one kin together, so that handlers may be set-based, without changing the order of any two
    /// messages that share an order key.
    static func grouped(
        _ batch: [Incoming<Received>],
        by kin: (Incoming<Received>) -> [Subscription.Kin]
    ) -> [[Incoming<Received>]] {
        var groups: [[Incoming<Received>]] = []
        /// For every key, the last group that holds a message with it.
        var lastGroup: [String: Int] = [:]
        var groupsByKin: [[Subscription.Kin]: Int] = [:]
        for message in batch {
            let earliest = message.orderKeys.compactMap { lastGroup[$0] }.max() ?? 0
            let kin = kin(message)
            let index: Int
            if let group = groupsByKin[kin], group >= earliest {
                index = group
                groups[index].append(message)
            } else {
                index = groups.count
                groups.append([message])
                groupsByKin[kin] = index
            }
            for key in message.orderKeys { lastGroup[key] = index }
        }
        return groups
    }
}
