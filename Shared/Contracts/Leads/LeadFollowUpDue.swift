public import struct Foundation.Date

/// Nobody has called the person of a lead when it was due, once per step.
public struct LeadFollowUpDue: Contract {
    public static let name: MessageName = "leads.lead.follow_up_due.v1"
    public static let summary =
        "The next call about a lead is due: its owner is reminded, then the manager hears of it."

    public var leadID: LeadID
    public var uid: UID
    /// `owner` or `manager`.
    public var step: String
    /// Who should call.
    public var ownerID: StaffID
    /// Who is told on the step `manager`.
    public var managerID: StaffID?
    public var grade: String
    public var customerName: String?
    public var dueAt: Date
    public var why: Why

    public init(
        leadID: LeadID,
        uid: UID,
        step: String,
        ownerID: StaffID,
        managerID: StaffID? = nil,
        grade: String,
        customerName: String? = nil,
        dueAt: Date,
        why: Why
    ) {
        self.leadID = leadID
        self.uid = uid
        self.step = step
        self.ownerID = ownerID
        self.managerID = managerID
        self.grade = grade
        self.customerName = customerName
        self.dueAt = dueAt
        self.why = why
    }

    public static var example: LeadFollowUpDue {
        LeadFollowUpDue(
            leadID: Sample.lead,
            uid: Sample.uid,
            step: "manager",
            ownerID: Sample.agent,
            managerID: Sample.manager,
            grade: "A",
            customerName: "张三",
            dueAt: Sample.instant,
            why: Sample.why
        )
    }
}
