import Contracts
import Outbound

/// Whether a message may be sent now, and where to.
///
/// It is asked again before every attempt: consent, opting out and addresses may have changed since the cause.
enum SendingPolicy {
    enum Verdict: Equatable {
        case send(to: String)
        /// With a stable slug that says why not.
        case suppress(String)
    }

    static func verdict(_ channel: Channel, _ purpose: Purpose, for customer: Customer?) -> Verdict {
        guard let customer else { return .suppress("recipient-unknown") }
        guard !customer.optedOut.contains(channel) else { return .suppress("opted-out") }
        let consent = channel == .sms ? customer.consent.sms : customer.consent.email
        switch (purpose, consent) {
        case (_, false): return .suppress("consent-refused")
        case (.courtesy, nil): return .suppress("no-consent")
        default: return reach(channel, phone: customer.phone, email: customer.email)
        }
    }

    static func verdict(_ channel: Channel, for staff: StaffMember?) -> Verdict {
        guard let staff else { return .suppress("recipient-unknown") }
        guard staff.isActive else { return .suppress("recipient-left") }
        return reach(channel, phone: staff.phone, email: staff.email)
    }

    private static func reach(_ channel: Channel, phone: String?, email: String?) -> Verdict {
        let address = channel == .sms ? phone : email
        guard let address, !address.isEmpty else { return .suppress("no-address") }
        let isPlausible = channel == .sms ? address.hasPrefix("+") : Mailbox.isPlausible(address)
        return isPlausible ? .send(to: address) : .suppress("bad-address")
    }
}
