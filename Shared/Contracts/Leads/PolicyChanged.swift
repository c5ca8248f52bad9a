/// A number that decisions of Leads go by was changed.
public struct PolicyChanged: Contract {
    public static let name: MessageName = "leads.policy.changed.v1"
    public static let isPublished = false
    public static let summary =
        "An administrator changed the numbers of a policy; decisions from now on name the new version."

    /// `assign.recycle`.
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

    public static var example: PolicyChanged {
        PolicyChanged(
            policy: "assign.recycle",
            version: 2,
            changes: [PolicyChange(field: "poolAfter", from: 14, to: 10)],
            note: "国庆活动期间"
        )
    }
}
