import Contracts
import Outbound

/// Whether a message may be sent now, and where to.
///
/// It is asked again before every attempt: consent, opting out and addresses may have changed since the cause.
enum SendingPolicy {
    static let version = 1

    enum Verdict: Equatable {
        case send(to: String)
        /// With a stable slug that says why not.
        case suppress(String)
    }

    /// `topic` is what the customer allows or refuses apart.
    static func verdict(
        _ channel: Channel,
        _ purpose: Purpose,
        for topic: ConsentPurpose,
        to customer: Customer?
    ) -> Verdict {
        guard let customer else { return .suppress("recipient-unknown") }
        guard !customer.optedOut.contains(channel.scope(topic)) else { return .suppress("opted-out") }
        switch (purpose, customer.allows(topic, by: channel)) {
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

    /// The consent that a message to a customer is judged by: for what, by which means, and what they have said of it.
    static func consent(
        _ channel: Channel,
        _ purpose: Purpose,
        for topic: ConsentPurpose,
        to customer: Customer
    ) -> Contracts.Why {
        let allows = customer.allows(topic, by: channel)
        var inputs = [
            "purpose": topic.rawValue, "means": channel.rawValue,
            "consent": allows.map { $0 ? "yes" : "no" } ?? "none",
        ]
        if let ground = customer.ground(topic, by: channel) {
            inputs["source"] = ground.source
            inputs["said"] = Wire.text(of: ground.at)
            inputs["record"] = ground.id.wire
            inputs["words"] = ground.words
        }
        let isStopped = customer.optedOut.contains(channel.scope(topic))
        let (rule, otherwise) = words(allows, purpose, isStopped: isStopped)
        return Contracts.Why(rule: rule, version: version, inputs: inputs, otherwise: otherwise)
    }

    private static func words(_ allows: Bool?, _ purpose: Purpose, isStopped: Bool) -> (String, String) {
        switch (allows, purpose) {
        case _ where isStopped: ("consent.stopped", "A yes that is noted afterwards would let it be sent.")
        case (false, _): ("consent.no-stands", "Staff can note that the person allows it again.")
        case (true, _): ("consent.allowed", "A no would hold at once.")
        case (nil, .courtesy): ("consent.missing", "With a yes for this purpose it would be sent.")
        case (nil, _): ("consent.not-needed", "A no for this purpose would keep it back.")
        }
    }

    /// Whether it was for want of consent that a message was not sent.
    static func isConsent(_ reason: String?) -> Bool {
        ["opted-out", "consent-refused", "no-consent"].contains(reason)
    }
}

extension Customer {
    /// Nil where they have not said.
    func allows(_ topic: ConsentPurpose, by channel: Channel) -> Bool? {
        channel.means.flatMap { consent[topic, $0] }
    }

    /// What they have said of it.
    func ground(_ topic: ConsentPurpose, by channel: Channel) -> ConsentGround? {
        let (allows, one) = (allows(topic, by: channel), channel.scope(topic))
        return grounds.first { $0.allows == allows && ConsentScope(names: $0.scope).isSuperset(of: one) }
    }
}
