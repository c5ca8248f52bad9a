/// A number that decisions of Notify go by was changed.
public struct SendingPolicyChanged: Contract {
    public static let name: MessageName = "notify.policy.changed.v1"
    public static let isPublished = false
    public static let summary =
        "An administrator changed the numbers that messages are sent by; decisions from now on name the new version."

    /// `notify.marketing`.
    public var policy: String
    /// The version that holds from now on.
    public var version: Int
    public var changes: [PolicyChange]
    /// What whoever changed it wrote.
    public var note: String?

    public init(policy: String, version: Int, changes: [PolicyChange], note: String? = nil) {
        self.policy = policy
        self.version = version
        self.changes = changes
        self.note = note
    }

    public static var example: SendingPolicyChanged {
        SendingPolicyChanged(
            policy: "notify.marketing",
            version: 2,
            changes: [PolicyChange(field: "perWeek", from: 2, to: 3)],
            note: "国庆活动期间"
        )
    }
}
