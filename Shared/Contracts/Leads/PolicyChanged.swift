/// A number that decisions of Leads go by was changed.
public struct PolicyChanged: Contract {
    public static let name: MessageName = "leads.policy.changed.v1"
    public static let isPublished = false
    public static let summary =
        "An administrator changed the numbers of a policy; decisions from now on name the new version."

    /// One number, in the unit that the settings page says.
    public struct Change: Codable, Sendable, Equatable {
        public var field: String
        public var from: Double
        public var to: Double

        public init(field: String, from: Double, to: Double) {
            self.field = field
            self.from = from
            self.to = to
        }
    }

    /// `assign.recycle`.
    public var policy: String
    /// The version that holds from now on.
    public var version: Int
    public var changes: [Change]
    /// What whoever changed it wrote.
    public var note: String?

    public init(policy: String, version: Int, changes: [Change], note: String? = nil) {
        self.policy = policy
        self.version = version
        self.changes = changes
        self.note = note
    }

    public static var example: PolicyChanged {
        PolicyChanged(
            policy: "assign.recycle",
            version: 2,
            changes: [Change(field: "poolAfter", from: 14, to: 10)],
            note: "国庆活动期间"
        )
    }
}
