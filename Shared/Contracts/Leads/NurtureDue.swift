public import struct Foundation.Date

/// A step of a nurture sequence is due for a person.
public struct NurtureDue: Contract {
    public static let name: MessageName = "leads.nurture.due.v1"
    public static let summary = "Somebody who has not bought is to be sent the next step of a nurture sequence."

    public var uid: UID
    /// The person's place in the sequence; lower-case UUID.
    public var enrolmentID: String
    /// What the sequence is called.
    public var sequence: String
    /// From 1.
    public var step: Int
    /// What is to be sent, such as `nurture-area-paper`.
    public var template: String
    public var dueAt: Date
    public var why: Why

    public init(
        uid: UID,
        enrolmentID: String,
        sequence: String,
        step: Int,
        template: String,
        dueAt: Date,
        why: Why
    ) {
        self.uid = uid
        self.enrolmentID = enrolmentID
        self.sequence = sequence
        self.step = step
        self.template = template
        self.dueAt = dueAt
        self.why = why
    }

    public static var example: NurtureDue {
        NurtureDue(
            uid: Sample.uid,
            enrolmentID: "01935c5a-3b00-7000-8000-000000000042",
            sequence: "Not bought yet",
            step: 1,
            template: "nurture-school-brief",
            dueAt: Sample.instant,
            why: Sample.why
        )
    }
}
