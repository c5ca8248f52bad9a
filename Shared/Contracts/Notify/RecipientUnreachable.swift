public import struct Foundation.Date

/// A person's number or address does not work.
public struct RecipientUnreachable: Contract {
    public static let name: MessageName = "notify.recipient.unreachable.v1"
    public static let summary =
        "So many messages to a person's number or address have failed for good, one after another, that it does not work."

    public var uid: UID
    /// `sms` or `email`: the number or address that messages of this kind go to.
    public var channel: String
    /// `undeliverable` or `refused`: how the last one ended.
    public var reason: String
    /// Messages that have failed in a row.
    public var failures: Int
    /// When the first of them failed.
    public var since: Date
    public var why: Why

    public init(uid: UID, channel: String, reason: String, failures: Int, since: Date, why: Why) {
        self.uid = uid
        self.channel = channel
        self.reason = reason
        self.failures = failures
        self.since = since
        self.why = why
    }

    public static var example: RecipientUnreachable {
        RecipientUnreachable(
            uid: Sample.uid,
            channel: "sms",
            reason: "undeliverable",
            failures: 3,
            since: Sample.instant,
            why: Why(rule: "notify.reach", version: 1, inputs: ["failures": "3", "limit": "3"])
        )
    }
}

/// A person's number or address works, or is another one, after it did not.
public struct RecipientReachable: Contract {
    public static let name: MessageName = "notify.recipient.reachable.v1"
    public static let summary =
        "A number or address that did not work does, or may: a message arrived, an enquiry names it anew, or it is another."

    public var uid: UID
    /// `sms` or `email`.
    public var channel: String
    /// `arrived`, `named-again` or `other-address`.
    public var reason: String

    public init(uid: UID, channel: String, reason: String) {
        self.uid = uid
        self.channel = channel
        self.reason = reason
    }

    public static var example: RecipientReachable {
        RecipientReachable(uid: Sample.uid, channel: "sms", reason: "named-again")
    }
}
