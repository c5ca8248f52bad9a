public import struct Foundation.Date

/// A customer wrote back.
public struct MessageAnswered: Contract {
    public static let name: MessageName = "notify.message.answered.v1"
    public static let summary =
        "A customer wrote us a text message; STOP and its likes are told as an opting out instead."

    public var answerID: AnswerID
    /// Who is taken to have written it.
    ///
    /// Where nobody can say which of several people did that have the number, each is told of.
    public var uid: UID
    /// `sms`.
    public var channel: String
    /// The customer's own words.
    public var text: String
    /// The last message that was sent to that number, if it was lately.
    public var messageID: MessageID?
    /// Of that message.
    public var template: String?
    /// The lead that it was about.
    public var leadID: LeadID?
    /// The case that it was about.
    public var caseID: CaseID?
    /// Whether more people have that number; missing where nobody else has.
    public var isShared: Bool?
    public var receivedAt: Date
    /// Why it is taken to be this person's.
    public var why: Why

    public init(
        answerID: AnswerID,
        uid: UID,
        channel: String,
        text: String,
        messageID: MessageID? = nil,
        template: String? = nil,
        leadID: LeadID? = nil,
        caseID: CaseID? = nil,
        isShared: Bool? = nil,
        receivedAt: Date,
        why: Why
    ) {
        self.answerID = answerID
        self.uid = uid
        self.channel = channel
        self.text = text
        self.messageID = messageID
        self.template = template
        self.leadID = leadID
        self.caseID = caseID
        self.isShared = isShared
        self.receivedAt = receivedAt
        self.why = why
    }

    public static var example: MessageAnswered {
        MessageAnswered(
            answerID: Sample.answer,
            uid: Sample.uid,
            channel: "sms",
            text: "周六下午可以",
            messageID: Sample.message,
            template: "lead-acknowledged",
            leadID: Sample.lead,
            isShared: true,
            receivedAt: Sample.instant,
            why: Why(rule: "notify.answer.last-message", version: 1, inputs: ["days": "30"])
        )
    }
}
