/// Somebody said more of a person than how they are called and reached.
public struct PersonProfiled: Contract {
    public static let name: MessageName = "leads.person.profiled.v1"
    public static let summary = "A member of staff told facts about a person: family, occupation, income and the like."

    public var uid: UID
    /// The fields that were told: `family`, `income`.
    ///
    /// What they say stays with Leads.
    public var fields: [String]

    public init(uid: UID, fields: [String]) {
        self.uid = uid
        self.fields = fields
    }

    public static var example: PersonProfiled { PersonProfiled(uid: Sample.uid, fields: ["family", "income"]) }
}
