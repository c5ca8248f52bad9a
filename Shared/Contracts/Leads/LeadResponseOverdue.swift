public import struct Foundation.Date

/// The first-response clock of a lead ran out, once per step.
public struct LeadResponseOverdue: Contract {
    public static let name: MessageName = "leads.lead.response_overdue.v1"
    public static let summary = "Nobody has answered a lead in time: one step of the ladder remind, reassign, manager."

    public var leadID: LeadID
    public var uid: UID
    /// `remind`, `reassign` or `manager`.
    public var step: String
    /// Who should have answered.
    public var ownerID: StaffID?
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
        ownerID: StaffID? = nil,
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

    public static var example: LeadResponseOverdue {
        LeadResponseOverdue(
            leadID: Sample.lead,
            uid: Sample.uid,
            step: "remind",
            ownerID: Sample.agent,
            managerID: Sample.manager,
            grade: "A",
            customerName: "张三",
            dueAt: Sample.instant,
            why: Sample.why
        )
    }
}
