public import struct Foundation.Date

/// A person's way through a nurture sequence took a turn on which nothing was sent.
public struct NurtureChanged: Contract {
    public static let name: MessageName = "leads.nurture.changed.v1"
    public static let isPublished = false
    public static let summary =
        "Somebody was taken into a nurture sequence, paused, passed over a step, or came to its end; with the reason."

    public var uid: UID
    /// The person's place in the sequence; lower-case UUID.
    public var enrolmentID: String
    /// What the sequence is called.
    public var sequence: String
    /// The version of the sequence that the person goes by.
    public var version: Int
    /// `enrolled`, `passed`, `paused`, `finished` or `exited`.
    public var outcome: String
    /// Steps that were sent or passed over by then.
    public var stepsDone: Int
    /// When the next step is due, or is looked at again; missing at the end.
    public var nextAt: Date?
    public var why: Why

    public init(
        uid: UID,
        enrolmentID: String,
        sequence: String,
        version: Int,
        outcome: String,
        stepsDone: Int,
        nextAt: Date? = nil,
        why: Why
    ) {
        self.uid = uid
        self.enrolmentID = enrolmentID
        self.sequence = sequence
        self.version = version
        self.outcome = outcome
        self.stepsDone = stepsDone
        self.nextAt = nextAt
        self.why = why
    }

    public static var example: NurtureChanged {
        NurtureChanged(
            uid: Sample.uid,
            enrolmentID: "01935c5a-3b00-7000-8000-000000000042",
            sequence: "Not bought yet",
            version: 2,
            outcome: "paused",
            stepsDone: 1,
            nextAt: Sample.instant,
            why: Sample.why
        )
    }
}

/// Somebody changed what a nurture sequence sends.
public struct NurtureSequenceChanged: Contract {
    public static let name: MessageName = "leads.sequence.changed.v1"
    public static let isPublished = false
    public static let summary =
        "A nurture sequence was made or has a new version; whoever is on the way goes on by the version before."

    /// Lower-case UUID.
    public var sequenceID: String
    public var name: String
    /// The version that new people are taken into.
    public var version: Int
    public var isActive: Bool
    public var steps: Int

    public init(sequenceID: String, name: String, version: Int, isActive: Bool, steps: Int) {
        self.sequenceID = sequenceID
        self.name = name
        self.version = version
        self.isActive = isActive
        self.steps = steps
    }

    public static var example: NurtureSequenceChanged {
        NurtureSequenceChanged(
            sequenceID: "01935c5a-3b00-7000-8000-000000000043",
            name: "Not bought yet",
            version: 2,
            isActive: true,
            steps: 5
        )
    }
}
