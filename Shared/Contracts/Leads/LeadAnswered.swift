public import struct Foundation.Date

/// The person of a lead wrote back.
public struct LeadAnswered: Contract {
    public static let name: MessageName = "leads.lead.answered.v1"
    public static let summary = "The person of a lead answered a message; whoever has the lead is to hear of it."

    public var leadID: LeadID
    public var uid: UID
    public var answerID: AnswerID
    /// `sms`.
    public var channel: String
    /// The person's own words.
    public var message: String
    /// Who has, or had, the lead; missing where nobody does who still works here.
    public var ownerID: StaffID?
    /// Who sees to it while the owner is on leave; missing while the owner works.
    public var standInID: StaffID?
    /// Who hears of it where there is no owner.
    public var managerID: StaffID?
    public var customerName: String?
    public var answeredAt: Date
    /// Why it is taken to be this person's.
    public var why: Why

    public init(
        leadID: LeadID,
        uid: UID,
        answerID: AnswerID,
        channel: String,
        message: String,
        ownerID: StaffID? = nil,
        standInID: StaffID? = nil,
        managerID: StaffID? = nil,
        customerName: String? = nil,
        answeredAt: Date,
        why: Why
    ) {
        self.leadID = leadID
        self.uid = uid
        self.answerID = answerID
        self.channel = channel
        self.message = message
        self.ownerID = ownerID
        self.standInID = standInID
        self.managerID = managerID
        self.customerName = customerName
        self.answeredAt = answeredAt
        self.why = why
    }

    public static var example: LeadAnswered {
        LeadAnswered(
            leadID: Sample.lead,
            uid: Sample.uid,
            answerID: Sample.answer,
            channel: "sms",
            message: "周六下午可以",
            ownerID: Sample.agent,
            standInID: Sample.manager,
            customerName: "张三",
            answeredAt: Sample.instant,
            why: Why(rule: "notify.answer.last-message", version: 1, inputs: ["days": "30"])
        )
    }
}
