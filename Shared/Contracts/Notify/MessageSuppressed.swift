/// A message was not sent on purpose: no consent, opted out, no address.
public struct MessageSuppressed: Contract {
    public static let name: MessageName = "notify.message.suppressed.v1"
    public static let summary = "A message was not sent on purpose: no consent, opted out, no address."

    public var messageID: MessageID
    /// The customer addressed; nil for staff.
    public var uid: UID?
    /// The member of staff addressed; nil for customers.
    public var staffID: StaffID?
    /// `sms`, `email` or `in-app`.
    public var channel: String
    public var template: String
    /// 0 before the first.
    public var attempt: Int
    /// A stable slug: `no-consent`, `bad-number`, `mailbox-unknown`.
    public var reason: String
    /// The provider's own words, without addresses.
    public var detail: String?
    /// Where a policy decided it: which, its version, and the numbers that it was judged by.
    public var why: Why?

    public init(
        messageID: MessageID,
        uid: UID? = nil,
        staffID: StaffID? = nil,
        channel: String,
        template: String,
        attempt: Int,
        reason: String,
        detail: String? = nil,
        why: Why? = nil
    ) {
        self.messageID = messageID
        self.uid = uid
        self.staffID = staffID
        self.channel = channel
        self.template = template
        self.attempt = attempt
        self.reason = reason
        self.detail = detail
        self.why = why
    }

    public static var example: MessageSuppressed {
        MessageSuppressed(
            messageID: Sample.message,
            uid: Sample.uid,
            channel: "sms",
            template: "lead-acknowledged",
            attempt: 1,
            reason: "cap-day",
            detail: "1/1",
            why: Why(rule: "notify.marketing", version: 2, inputs: ["sent": "1", "perDay": "1"])
        )
    }
}
