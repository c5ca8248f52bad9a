public import struct Foundation.Date

/// The customer of a case wrote back.
public struct CaseAnswered: Contract {
    public static let name: MessageName = "service.case.answered.v1"
    public static let summary =
        "The customer of a case answered a message about it; whoever has the case is to hear of it."

    public var caseID: CaseID
    /// What people call it: `C-2026-000017`.
    public var number: String
    public var uid: UID
    public var answerID: AnswerID
    /// The customer's own words.
    public var text: String
    public var title: String
    public var isClosed: Bool
    /// Who is to hear of it: the owner, or whoever leads the desk.
    public var recipients: [StaffID]
    public var customerName: String?
    public var answeredAt: Date

    public init(
        caseID: CaseID,
        number: String,
        uid: UID,
        answerID: AnswerID,
        text: String,
        title: String,
        isClosed: Bool,
        recipients: [StaffID],
        customerName: String? = nil,
        answeredAt: Date
    ) {
        self.caseID = caseID
        self.number = number
        self.uid = uid
        self.answerID = answerID
        self.text = text
        self.title = title
        self.isClosed = isClosed
        self.recipients = recipients
        self.customerName = customerName
        self.answeredAt = answeredAt
    }

    public static var example: CaseAnswered {
        CaseAnswered(
            caseID: Sample.case,
            number: "C-2026-000017",
            uid: Sample.uid,
            answerID: Sample.answer,
            text: "还在漏水",
            title: "卫生间漏水",
            isClosed: false,
            recipients: [Sample.agent],
            customerName: "张三",
            answeredAt: Sample.instant
        )
    }
}
