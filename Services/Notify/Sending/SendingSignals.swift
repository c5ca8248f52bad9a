import Messaging

/// Wakes the senders of the channels that have something to do.
struct SendingSignals: Sendable {
    private let sms = Signal()
    private let email = Signal()

    func poke(_ channels: Set<Channel>) {
        for channel in channels { signal(of: channel)?.poke() }
    }

    /// Notices in the console are not sent, so nobody sleeps for them.
    func signal(of channel: Channel) -> Signal? {
        switch channel {
        case .sms: sms
        case .email: email
        case .inApp: nil
        }
    }
}
