/// The grade of a lead is another one now.
public struct LeadGraded: Contract {
    public static let name: MessageName = "leads.lead.graded.v1"
    public static let summary = "A lead's grade changed after it was received."

    public var leadID: LeadID
    public var uid: UID
    /// `A`, `B` or `C`.
    public var grade: String
    public var previous: String
    public var why: Why

    public init(leadID: LeadID, uid: UID, grade: String, previous: String, why: Why) {
        self.leadID = leadID
        self.uid = uid
        self.grade = grade
        self.previous = previous
        self.why = why
    }

    public static var example: LeadGraded {
        LeadGraded(leadID: Sample.lead, uid: Sample.uid, grade: "B", previous: "C", why: Sample.why)
    }
}
