public import struct Foundation.Date

/// A case is in another hand.
public struct CaseReassigned: Contract {
    public static let name: MessageName = "service.case.reassigned.v1"
    public static let summary = "A case was given to another owner; its deadline stays."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    public var title: String
    public var ownerID: StaffID
    /// Absent where nobody had it.
    public var previousOwnerID: StaffID?
    /// Who gave it.
    public var staffID: StaffID
    /// By when it is to be answered; absent once it was.
    public var responseDueAt: Date?
    public var why: Why

    public init(
        caseID: CaseID,
        number: String,
        uid: UID,
        title: String,
        ownerID: StaffID,
        previousOwnerID: StaffID? = nil,
        staffID: StaffID,
        responseDueAt: Date? = nil,
        why: Why
    ) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.title = title
        self.ownerID = ownerID
        self.previousOwnerID = previousOwnerID
        self.staffID = staffID
        self.responseDueAt = responseDueAt
        self.why = why
    }

    public static var example: CaseReassigned {
        CaseReassigned(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            title: "卫生间漏水",
            ownerID: Sample.agent,
            previousOwnerID: Sample.colleague,
            staffID: Sample.manager,
            responseDueAt: Sample.instant,
            why: Why(rule: "owner.given-by-supervisor", version: 1, inputs: ["by": Sample.manager.description])
        )
    }
}
