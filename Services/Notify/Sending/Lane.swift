import Outbound

extension Sending {
    /// How some of the messages are worked: each lane claims, calls and waits by itself.
    struct Lane: Sendable {
        let name: Name
        let carrier: any Carrier
        /// Messages on the way at once.
        let width: Int
        /// Seconds until an attempt counts as lost: more than a call can take.
        let lease: Int
        /// The time between two claims at least: what nobody's clock runs for is claimed several at a time.
        let turnsApart: Duration

        /// Which messages: those for staff, whose clock runs, do not wait behind those for customers.
        struct Name: Hashable, Sendable {
            let channel: Channel
            let isWork: Bool

            /// Somebody waits for each: a text to staff.
            var isUrgent: Bool { channel == .sms && isWork }

            static let all = [Channel.sms, .email].flatMap { channel in
                [true, false].map { Name(channel: channel, isWork: $0) }
            }
        }
    }
}

extension Sending.Lane {
    /// Text messages, to staff or to customers.
    ///
    /// A call takes 10 s at most.
    static func sms(isWork: Bool, _ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(
            name: Name(channel: .sms, isWork: isWork),
            carrier: carrier,
            width: isWork ? 32 : 8,
            lease: 30,
            turnsApart: isWork ? .zero : .milliseconds(30)
        )
    }

    /// Mails, to staff or to customers.
    ///
    /// A mail takes 20 s at most.
    static func email(isWork: Bool, _ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(
            name: Name(channel: .email, isWork: isWork),
            carrier: carrier,
            width: 4,
            lease: 45,
            turnsApart: .milliseconds(15)
        )
    }
}

extension Message {
    /// The lane that carries it.
    var lane: Sending.Lane.Name { Sending.Lane.Name(channel: channel, isWork: purpose == .work) }
}
