/// A person wants no more messages.
public struct RecipientOptedOut: Contract {
    public static let name: MessageName = "notify.recipient.opted_out.v1"
    public static let summary = "A person answered STOP (退订): no more messages of this kind."

    public var uid: UID
    public var channel: String
    public var source: String

    public init(uid: UID, channel: String, source: String) {
        self.uid = uid
        self.channel = channel
        self.source = source
    }

    public static var example: RecipientOptedOut {
        RecipientOptedOut(uid: Sample.uid, channel: "sms", source: "stop-reply")
    }
}
