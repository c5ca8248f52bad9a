/// The rules that decide who gets a lead were changed.
public struct AssignmentRulesChanged: Contract {
    public static let name: MessageName = "leads.rules.changed.v1"
    public static let isPublished = false
    public static let summary = "Somebody switched on a new version of the rules that decide who gets a lead."

    /// The version that is in force from now on.
    public var version: Int
    /// The rules by their names.
    public var added: [String]
    public var removed: [String]
    public var changed: [String]
    public var isReordered: Bool
    /// What whoever changed them wrote.
    public var note: String?

    public init(
        version: Int,
        added: [String],
        removed: [String],
        changed: [String],
        isReordered: Bool,
        note: String? = nil
    ) {
        self.version = version
        self.added = added
        self.removed = removed
        self.changed = changed
        self.isReordered = isReordered
        self.note = note
    }

    public static var example: AssignmentRulesChanged {
        AssignmentRulesChanged(
            version: 2,
            added: ["抖音线索给二组"],
            removed: ["assign.district"],
            changed: ["assign.project"],
            isReordered: true,
            note: "开盘期间"
        )
    }
}
