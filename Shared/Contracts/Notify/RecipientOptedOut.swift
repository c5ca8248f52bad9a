/// A person wants no more messages: by STOP none of a channel, by the link of a mail none of its purpose.
public struct RecipientOptedOut: Contract {
    public static let name: MessageName = "notify.recipient.opted_out.v1"
    public static let summary = "A person answered STOP (退订) or followed a mail's link: no more messages of this kind."

    public var uid: UID
    public var channel: String
    /// `stop-reply`, `unsubscribe-link`.
    public var source: String
    /// What alone it is about: `service`, `marketing`, `care`, `referral`; everything where it is missing.
    public var purpose: String?

    public init(uid: UID, channel: String, source: String, purpose: String? = nil) {
        self.uid = uid
        self.channel = channel
        self.source = source
        self.purpose = purpose
    }

    public static var example: RecipientOptedOut {
        RecipientOptedOut(uid: Sample.uid, channel: "sms", source: "stop-reply")
    }
}
