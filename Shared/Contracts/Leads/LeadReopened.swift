/// A lead that was given up is looked after again.
public struct LeadReopened: Contract {
    public static let name: MessageName = "leads.lead.reopened.v1"
    public static let summary = "A lead that was given up was opened again by hand, with a reason code."

    public var leadID: LeadID
    public var uid: UID
    /// `called-back`, `mistake`, `new-offer`, `other`.
    public var reason: String
    public var note: String?
    /// Why it had been given up, as in `leads.lead.discarded`.
    public var previous: String?
    /// Whether somebody had spoken with the person before: if not, the clock of the first response runs again.
    public var isContacted: Bool
    public var why: Why

    public init(
        leadID: LeadID,
        uid: UID,
        reason: String,
        note: String? = nil,
        previous: String? = nil,
        isContacted: Bool,
        why: Why
    ) {
        self.leadID = leadID
        self.uid = uid
        self.reason = reason
        self.note = note
        self.previous = previous
        self.isContacted = isContacted
        self.why = why
    }

    public static var example: LeadReopened {
        LeadReopened(
            leadID: Sample.lead,
            uid: Sample.uid,
            reason: "called-back",
            note: "客户回电",
            previous: "not-now",
            isContacted: true,
            why: Sample.why
        )
    }
}
