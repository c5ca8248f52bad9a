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

        /// Who waits for a message.
        enum Rank: Int, Sendable, CaseIterable {
            /// Staff, whose clock runs.
            case work = 0
            /// A customer: an answer, a receipt, a confirmation.
            case answer = 1
            /// Nobody: a step of a sequence, one of many.
            case marketing = 2

            /// The time between two claims of texts at least: a customer does not notice a sixth of a second, and many share one.
            fileprivate var textsApart: Duration {
                switch self {
                case .work: .zero
                case .answer: .milliseconds(150)
                case .marketing: .milliseconds(50)
                }
            }
        }

        /// Which messages: none waits behind those of a later rank.
        struct Name: Hashable, Sendable {
            let channel: Channel
            let rank: Rank

            /// When its messages go, where not all can at once.
            var precedence: Precedence.Place {
                switch (rank, channel) {
                case (.work, .sms): .first
                case (.marketing, _): .last
                default: .middle
                }
            }

            static let all = [Channel.sms, .email].flatMap { channel in
                Rank.allCases.map { Name(channel: channel, rank: $0) }
            }
        }
    }
}

extension Sending.Lane {
    /// Text messages of a rank.
    ///
    /// A call takes 10 s at most.
    static func sms(_ rank: Rank, _ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(
            name: Name(channel: .sms, rank: rank),
            carrier: carrier,
            width: rank == .marketing ? 8 : 32,
            lease: 30,
            turnsApart: rank.textsApart
        )
    }

    /// Mails of a rank.
    ///
    /// A mail takes 20 s at most.
    static func email(_ rank: Rank, _ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(
            name: Name(channel: .email, rank: rank),
            carrier: carrier,
            width: 8,
            lease: 45,
            turnsApart: .milliseconds(50)
        )
    }
}

extension Message {
    /// The lane that carries it.
    var lane: Sending.Lane.Name {
        Sending.Lane.Name(channel: channel, rank: purpose == .work ? .work : isMarketing ? .marketing : .answer)
    }
}
