import Foundation

/// The exclusive or of ids, or one id.
struct IDDigest: Sendable, Equatable {
    private(set) var text: String

    /// - Parameter text: 32 hexadecimal digits.
    init(_ text: String) { self.text = text }

    static let none = IDDigest(String(repeating: "0", count: 32))

    /// What one has and the other has not.
    func difference(from other: IDDigest) -> IDDigest {
        let digits = zip(text, other.text).map { one, two in
            String((one.hexDigitValue ?? 0) ^ (two.hexDigitValue ?? 0), radix: 16)
        }
        return IDDigest(digits.joined())
    }

    /// As an id, if it is a UUIDv7: then it is the only difference, but for a chance of one in 2^70.
    var id: UUID? {
        let digits = Array(text)
        guard digits.count == 32, digits[12] == "7" else { return nil }
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return UUID(uuidString: parts.joined(separator: "-"))
    }
}

/// Events that were told within one minute under one name, as the journal has them and as a service says it has them.
struct ReceiptMinute: Sendable, Equatable {
    struct Count: Sendable, Equatable {
        var events: Int
        var digest: IDDigest

        static let none = Count(events: 0, digest: .none)
    }

    var service: String
    var name: String
    var began: Date
    /// When the last of them was stored, by the database's clock: the minute is that of the hosts that told them.
    var storedAt: Date
    var told: Count
    /// Of those, the ones that the broker has not confirmed yet.
    var unsent: Count
    /// Nil while the service has said nothing of the minute.
    var received: Count?
    /// The newest minute of which the service has received anything.
    var newest: Date?
}

/// Whether what was told arrived.
///
/// Pure. A service receives events in the order in which they were sent, but for what waits in our outbox; so what is
/// missing although later events have arrived is lost, once patience for what is under way has run out.
struct ReceiptCheck: Sendable {
    enum Verdict: Equatable, Sendable {
        case complete
        /// It is in our outbox, under way, or not told of yet.
        case notYetReported
        /// So many are missing; named when it is one.
        case missing(Int, UUID?)
        /// The service has so many that were never told; named when it is one.
        case stranger(Int, UUID?)
    }

    /// How long an event may be under way.
    let patience: TimeInterval
    /// By the database's clock, and not as a development system's was set forward: nothing travels faster for that.
    let now: Date

    func verdict(_ minute: ReceiptMinute) -> Verdict {
        let received = minute.received ?? .none
        guard received != minute.told else { return .complete }
        let difference = minute.told.digest.difference(from: received.digest)
        let lacking = minute.told.events - received.events
        // What is one by number is named by the difference; an id of another kind shows that it is not only one.
        let only = abs(lacking) == 1 ? difference.id : nil
        guard lacking >= 0 else { return .stranger(-lacking, only) }
        if lacking == minute.unsent.events, difference == minute.unsent.digest { return .notYetReported }
        let end = minute.began.addingTimeInterval(60)
        guard let newest = minute.newest, newest >= end, now.timeIntervalSince(minute.storedAt) > patience else {
            return .notYetReported
        }
        return .missing(max(lacking, 1), only)
    }
}
