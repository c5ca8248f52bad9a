import Foundation

/// Publishes what callers have left, within the confirm window, and tells them what became of it.
final class PublishRole: Role {
    private struct Ticket {
        let call: PublishCall
        let index: Int
        let sentAt: ContinuousClock.Instant
    }

    /// Messages and bytes between two looks at what the broker says.
    ///
    /// Small enough for the kernel's buffers, so that `connection.blocked` is read before a call can hang.
    private static let burst = (messages: 64, bytes: 128 << 10)
    /// What a message costs besides its body, roughly.
    private static let overhead = 256
    private static let farewell = Duration.seconds(5)

    private let inbox: Inbox<PublishRequest>
    private let user: String
    private let meters: Meters
    private var window: ConfirmWindow<Ticket>
    /// Calls without all their outcomes, by id.
    private var open: [UInt64: PublishCall] = [:]
    /// Calls with messages to send, in order of their arrival, from `head` on.
    private var waiting: [PublishCall] = []
    private var head = 0
    private var lastID: UInt64 = 0
    private let madeUpID = UUID().uuidString.lowercased()
    private var isBlocked = false
    private var farewellEnds: ContinuousClock.Instant?
    private(set) var deadline: ContinuousClock.Instant?

    init(_ inbox: Inbox<PublishRequest>, user: String, window: Publisher.Window, meters: Meters) {
        self.inbox = inbox
        self.user = user
        self.window = ConfirmWindow(limit: window)
        self.meters = meters
    }

    func begin(on link: Link) throws {
        isBlocked = false
        try link.selectConfirms()
    }

    func receive(_ event: LinkEvent) throws {
        switch event {
        case .confirmed(let number, let multiple):
            answer(number, multiple: multiple, with: .confirmed)
        case .refused(let number, let multiple):
            answer(number, multiple: multiple, with: .refused(reason: "the broker refused it: its queue is full"))
        case .returned(let messageID, let code, let reason):
            window.returned(messageID: messageID ?? "", code: code, reason: reason)
        case .blocked: isBlocked = true
        case .unblocked: isBlocked = false
        case .delivery, .cancelled, .counted: break
        }
    }

    private func answer(_ number: UInt64, multiple: Bool, with outcome: PublishOutcome) {
        let now = ContinuousClock.now
        window.answer(number, multiple: multiple, with: outcome) { ticket, outcome in
            meters.answered(outcome, after: ticket.sentAt.duration(to: now))
            settle(ticket.call, ticket.index, outcome)
        }
    }

    private func settle(_ call: PublishCall, _ index: Int, _ outcome: PublishOutcome) {
        call.settle(index, outcome)
        if call.isOver { open[call.id] = nil }
    }
}

// MARK: Sending

extension PublishRole {
    func turn(on link: Link, now: ContinuousClock.Instant) throws -> Bool {
        idle(now: now)
        guard !isBlocked else { return false }
        var messages = 0
        var bytes = 0
        while messages < Self.burst.messages, bytes < Self.burst.bytes {
            guard let (call, message) = nextUnsent() else { return false }
            let size = message.body.count + Self.overhead
            if let objection = message.objection(user: user, frameMax: Int(Link.frameMax)) {
                let index = call.next
                call.advance()
                settle(call, index, .refused(reason: objection))
            } else if window.admits(bytes: size) {
                try send(message, of: call, size: size, on: link, now: now)
            } else {
                return false
            }
            messages += 1
            bytes += size
        }
        return true
    }

    private func nextUnsent() -> (PublishCall, Message)? {
        while head < waiting.count {
            let call = waiting[head]
            if !call.isOver, let message = call.unsent { return (call, message) }
            head += 1
        }
        waiting.removeAll(keepingCapacity: waiting.count < 1024)
        head = 0
        return nil
    }

    private func send(
        _ message: Message,
        of call: PublishCall,
        size: Int,
        on link: Link,
        now: ContinuousClock.Instant
    ) throws {
        let ticket = Ticket(call: call, index: call.next, sentAt: now)
        call.advance()
        let messageID = message.properties.messageID ?? "\(madeUpID)-\(call.id)-\(ticket.index)"
        // Into the window first: should sending fail half-way, the message is one of the lost.
        _ = window.publish(messageID: messageID, bytes: size, ticket: ticket)
        try link.publish(message, messageID: messageID)
    }
}

// MARK: Waiting and ending

extension PublishRole {
    func idle(now: ContinuousClock.Instant) {
        for request in inbox.take() {
            lastID += 1
            let call = PublishCall(request, id: lastID)
            open[call.id] = call
            waiting.append(call)
            deadline = deadline.map { min($0, call.deadline) } ?? call.deadline
        }
        if let deadline, deadline <= now { endImpatient(now: now) }
    }

    private func endImpatient(now: ContinuousClock.Instant) {
        let reason = isBlocked ? "the broker is blocked" : "the broker did not answer in time"
        for call in open.values where call.deadline <= now {
            call.settleRest(.lost(reason: reason))
            open[call.id] = nil
        }
        deadline = open.values.map(\.deadline).min()
    }

    /// Calls of which nothing is sent yet wait for the next link.
    ///
    /// The others end here: sending the rest of them later would put it before a repetition of what was lost.
    func lost(_ reason: String) {
        window.close(reason: reason) { ticket, outcome in settle(ticket.call, ticket.index, outcome) }
        for call in open.values where call.next > 0 {
            call.settleRest(.lost(reason: reason))
            open[call.id] = nil
        }
    }

    func drain(on link: Link, now: ContinuousClock.Instant) throws {
        farewellEnds = now + Self.farewell
        deadline = min(deadline ?? now + Self.farewell, now + Self.farewell)
    }

    func isDrained(now: ContinuousClock.Instant) -> Bool {
        open.isEmpty || farewellEnds.map { $0 <= now } ?? false
    }

    func end() {
        for request in inbox.close() { request.end(with: .lost(reason: "the publisher has stopped")) }
        for call in open.values { call.settleRest(.lost(reason: "the publisher has stopped")) }
        open = [:]
    }
}
