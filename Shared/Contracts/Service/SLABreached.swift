public import struct Foundation.Date

/// A clock of a case ran out.
public struct SLABreached: Contract {
    public static let name: MessageName = "service.sla.breached.v1"
    public static let summary = "Nobody answered a case in time: one step of its ladder, once each."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    /// `first-response`.
    public var clock: String
    /// 1: owner and supervisor, 2: head.
    public var step: Int
    /// Who is to be alerted.
    public var recipients: [StaffID]
    public var title: String
    public var dueAt: Date
    public var why: Why

    public init(
        caseID: CaseID,
        number: String,
        uid: UID,
        clock: String,
        step: Int,
        recipients: [StaffID],
        title: String,
        dueAt: Date,
        why: Why
    ) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.clock = clock
        self.step = step
        self.recipients = recipients
        self.title = title
        self.dueAt = dueAt
        self.why = why
    }

    public static var example: SLABreached {
        SLABreached(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            clock: "first-response",
            step: 1,
            recipients: [Sample.agent, Sample.manager],
            title: "卫生间漏水",
            dueAt: Sample.instant,
            why: Sample.why
        )
    }
}
