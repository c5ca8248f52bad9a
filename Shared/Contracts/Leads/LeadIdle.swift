public import struct Foundation.Date

/// Nobody has followed a lead up for days, once per step.
public struct LeadIdle: Contract {
    public static let name: MessageName = "leads.lead.idle.v1"
    public static let summary =
        "Nobody has followed a lead up for days: its owner is warned, then the manager, then it goes to a pool."

    public var leadID: LeadID
    public var uid: UID
    /// `owner`, `manager` or `pool`.
    public var step: String
    /// Who should have followed it up.
    public var ownerID: StaffID
    /// Who is told on the step `manager`.
    public var managerID: StaffID?
    /// Where it waits after the step `pool`.
    public var pool: String?
    public var grade: String
    public var customerName: String?
    /// When somebody has last called, or was given it.
    public var since: Date
    public var why: Why

    public init(
        leadID: LeadID,
        uid: UID,
        step: String,
        ownerID: StaffID,
        managerID: StaffID? = nil,
        pool: String? = nil,
        grade: String,
        customerName: String? = nil,
        since: Date,
        why: Why
    ) {
        self.leadID = leadID
        self.uid = uid
        self.step = step
        self.ownerID = ownerID
        self.managerID = managerID
        self.pool = pool
        self.grade = grade
        self.customerName = customerName
        self.since = since
        self.why = why
    }

    public static var example: LeadIdle {
        LeadIdle(
            leadID: Sample.lead,
            uid: Sample.uid,
            step: "manager",
            ownerID: Sample.agent,
            managerID: Sample.manager,
            pool: "shared",
            grade: "A",
            customerName: "张三",
            since: Sample.instant,
            why: Sample.why
        )
    }
}
