/// A case is done.
public struct CaseClosed: Contract {
    public static let name: MessageName = "service.case.closed.v1"
    public static let summary = "A case was closed with its result."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    public var staffID: StaffID
    public var result: String

    public init(caseID: CaseID, number: String, uid: UID, staffID: StaffID, result: String) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.staffID = staffID
        self.result = result
    }

    public static var example: CaseClosed {
        CaseClosed(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            staffID: Sample.agent,
            result: "已更换密封圈"
        )
    }
}
