/// Hands deliveries to the reader and acknowledges what is settled, up to the watermark.
final class ConsumeRole: Role {
    /// How often the queue is looked at.
    private static let pause = Duration.seconds(2)

    private let configuration: Consumer.Configuration
    private let queue: DeliveryQueue
    private let settlements: Inbox<Consumer.Settlement>
    private let look: LastLook
    private var nextLook: ContinuousClock.Instant?
    private var epoch: UInt64 = 0
    private var watermark = AckWatermark(epoch: 0)
    private var arrived: [Delivery] = []
    /// The reader has said that it settles nothing more.
    private var isFinished = false
    private var isCancelled = false
    private var graceEnds: ContinuousClock.Instant?
    /// When the marker is asked for again; nil while an answer is awaited, and when nothing is watched.
    private var nextWatch: ContinuousClock.Instant?

    init(
        _ configuration: Consumer.Configuration,
        queue: DeliveryQueue,
        settlements: Inbox<Consumer.Settlement>,
        look: LastLook
    ) {
        self.configuration = configuration
        self.queue = queue
        self.settlements = settlements
        self.look = look
    }

    /// An ordered queue is kept until the reader has finished; what is unread goes back to the broker with the connection.
    private var isLeaving: Bool { configuration.isOrdered && graceEnds != nil }

    var deadline: ContinuousClock.Instant? { [graceEnds, nextWatch].compactMap(\.self).min() }

    func begin(on link: Link) throws {
        epoch += 1
        watermark = AckWatermark(epoch: epoch)
        if let marker = configuration.marker {
            try link.makeMarker(marker, of: configuration.queue)
            nextWatch = .now + configuration.watchInterval
        }
        try link.consume(configuration.queue, prefetch: configuration.prefetch)
        nextLook = .now
    }

    func receive(_ event: LinkEvent) throws {
        switch event {
        case .delivery(let delivered):
            watermark.deliver(delivered.number)
            arrived.append(Delivery(delivered, epoch: epoch))
        case .cancelled:
            isCancelled = true
        case .markerStands:
            if graceEnds == nil { nextWatch = .now + configuration.watchInterval }
        case .counted(let ready, let consumers):
            look.note(QueueLook(ready: ready, consumers: consumers, unsettled: watermark.outstanding))
        case .returned, .confirmed, .refused, .blocked, .unblocked:
            break
        }
    }

    func turn(on link: Link, now: ContinuousClock.Instant) throws -> Bool {
        idle(now: now)
        if !arrived.isEmpty {
            if !isLeaving { queue.put(arrived) }
            arrived = []
        }
        if isCancelled { queue.end() }
        if let number = watermark.advance() { try link.acknowledge(upTo: number) }
        if let due = nextWatch, due <= now, let marker = configuration.marker {
            nextWatch = nil
            try link.askForMarker(marker)
        }
        if let due = nextLook, due <= now {
            nextLook = now + Self.pause
            try link.look(at: configuration.queue)
        }
        return false
    }

    func idle(now: ContinuousClock.Instant) {
        for settlement in settlements.take() {
            switch settlement {
            case .settled(let tags): for tag in tags { watermark.settle(tag) }
            case .finished: isFinished = true
            }
        }
    }

    /// The next epoch's deliveries repeat whatever was not acknowledged.
    func lost(_ reason: String) {
        nextWatch = nil
        arrived = []
        watermark = AckWatermark(epoch: 0)
        nextLook = nil
        look.note(nil)
        queue.forgetUnread()
    }

    func drain(on link: Link, now: ContinuousClock.Instant) throws {
        graceEnds = now + configuration.grace
        nextWatch = nil
        nextLook = nil
        if isLeaving {
            queue.forgetUnread()
            queue.end()
        } else {
            try link.cancel()
        }
        if let marker = configuration.marker { try link.deleteMarker(marker) }
    }

    func isDrained(now: ContinuousClock.Instant) -> Bool {
        (isFinished && (isCancelled || isLeaving)) || graceEnds.map { $0 <= now } ?? false
    }

    func end() {
        queue.end()
        _ = settlements.close()
    }
}

extension Delivery {
    fileprivate init(_ delivered: ContentAssembly.Delivered, epoch: UInt64) {
        self.init(
            tag: Tag(epoch: epoch, number: delivered.number),
            exchange: delivered.exchange,
            routingKey: delivered.routingKey,
            isRedelivered: delivered.isRedelivered,
            properties: delivered.properties,
            body: delivered.body
        )
    }
}
