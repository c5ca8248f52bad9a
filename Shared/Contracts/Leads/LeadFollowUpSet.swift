public import struct Foundation.Date

/// Somebody has said when the person of a lead is to be called next.
public struct LeadFollowUpSet: Contract {
    public static let name: MessageName = "leads.lead.follow_up_set.v1"
    public static let summary = "A member of staff said when the person of a lead is to be called next, and what about."

    public var leadID: LeadID
    public var uid: UID
    public var ownerID: StaffID?
    /// Who has said so.
    public var staffID: StaffID
    public var dueAt: Date
    /// What is to be done then.
    public var note: String?
    public var why: Why

    public init(
        leadID: LeadID,
        uid: UID,
        ownerID: StaffID? = nil,
        staffID: StaffID,
        dueAt: Date,
        note: String? = nil,
        why: Why
    ) {
        self.leadID = leadID
        self.uid = uid
        self.ownerID = ownerID
        self.staffID = staffID
        self.dueAt = dueAt
        self.note = note
        self.why = why
    }

    public static var example: LeadFollowUpSet {
        LeadFollowUpSet(
            leadID: Sample.lead,
            uid: Sample.uid,
            ownerID: Sample.agent,
            staffID: Sample.agent,
            dueAt: Sample.instant,
            note: "回电确认看房时间",
            why: Sample.why
        )
    }
}
