/// A person wants to be forgotten.
public struct PersonErased: Contract {
    public static let name: MessageName = "leads.person.erased.v1"
    public static let summary =
        "A person is forgotten: whoever keeps their name, numbers, addresses or words blanks them and keeps the counts."

    public var uid: UID
    /// Every UID that the person was ever known by, `uid` among them.
    public var uids: [UID]
    public var leadIDs: [LeadID]
    /// `request`, `retention`.
    public var reason: String

    public init(uid: UID, uids: [UID], leadIDs: [LeadID], reason: String) {
        self.uid = uid
        self.uids = uids
        self.leadIDs = leadIDs
        self.reason = reason
    }

    public static var example: PersonErased {
        PersonErased(
            uid: Sample.uid,
            uids: [Sample.uid, Sample.otherUID],
            leadIDs: [Sample.lead],
            reason: "request"
        )
    }
}
