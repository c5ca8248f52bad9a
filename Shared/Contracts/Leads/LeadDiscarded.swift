/// A lead was given up; it stays searchable.
public struct LeadDiscarded: Contract {
    public static let name: MessageName = "leads.lead.discarded.v1"
    public static let summary = "A lead was given up, with a reason code."

    public var leadID: LeadID
    public var uid: UID
    /// `not-reachable`, `not-now`, `no-need`, `budget`, `competitor`, `spam`, `other`, `import-undone`.
    public var reason: String
    public var note: String?

    public init(leadID: LeadID, uid: UID, reason: String, note: String? = nil) {
        self.leadID = leadID
        self.uid = uid
        self.reason = reason
        self.note = note
    }

    public static var example: LeadDiscarded {
        LeadDiscarded(leadID: Sample.lead, uid: Sample.uid, reason: "no-need", note: "已购房")
    }
}
