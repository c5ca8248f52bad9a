/// A message to a person is to be sent.
public struct MessageQueued: Contract {
    public static let name: MessageName = "notify.message.queued.v1"
    public static let summary = "A message to a person is to be sent."

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

    public init(
        messageID: MessageID,
        uid: UID? = nil,
        staffID: StaffID? = nil,
        channel: String,
        template: String,
        attempt: Int
    ) {
        self.messageID = messageID
        self.uid = uid
        self.staffID = staffID
        self.channel = channel
        self.template = template
        self.attempt = attempt
    }

    public static var example: MessageQueued {
        MessageQueued(
            messageID: Sample.message,
            uid: Sample.uid,
            channel: "sms",
            template: "lead-acknowledged",
            attempt: 1
        )
    }
}
