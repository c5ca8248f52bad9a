/// A case was answered.
public struct CaseReplied: Contract {
    public static let name: MessageName = "service.case.replied.v1"
    public static let summary = "Somebody answered the customer of a case."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    public var staffID: StaffID
    /// The first answer stops the response clock.
    public var isFirst: Bool
    public var isWithinTarget: Bool
    /// What the customer is told.
    public var text: String

    public init(
        caseID: CaseID,
        number: String,
        uid: UID,
        staffID: StaffID,
        isFirst: Bool,
        isWithinTarget: Bool,
        text: String
    ) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.staffID = staffID
        self.isFirst = isFirst
        self.isWithinTarget = isWithinTarget
        self.text = text
    }

    public static var example: CaseReplied {
        CaseReplied(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            staffID: Sample.agent,
            isFirst: true,
            isWithinTarget: true,
            text: "师傅明天上午上门。"
        )
    }
}
