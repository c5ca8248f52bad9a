public import struct Foundation.Date

/// A customer has told us of something.
public struct CaseOpened: Contract {
    public static let name: MessageName = "service.case.opened.v1"
    public static let summary = "A complaint, suggestion, enquiry or repair was taken."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    /// `complaint`, `suggestion`, `enquiry`, `repair`.
    public var kind: String
    public var title: String
    public var ownerID: StaffID?
    public var customerName: String?
    public var responseDueAt: Date
    /// Which deadline rule applied.
    public var why: Why

    public init(
        caseID: CaseID,
        number: String,
        uid: UID,
        kind: String,
        title: String,
        ownerID: StaffID? = nil,
        customerName: String? = nil,
        responseDueAt: Date,
        why: Why
    ) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.kind = kind
        self.title = title
        self.ownerID = ownerID
        self.customerName = customerName
        self.responseDueAt = responseDueAt
        self.why = why
    }

    public static var example: CaseOpened {
        CaseOpened(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            kind: "complaint",
            title: "卫生间漏水",
            ownerID: Sample.agent,
            customerName: "张三",
            responseDueAt: Sample.instant,
            why: Sample.why
        )
    }
}
