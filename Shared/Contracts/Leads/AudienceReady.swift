/// Some of those who are to be sent the same message.
public struct AudienceReady: Contract {
    public static let name: MessageName = "leads.audience.ready.v1"
    public static let summary =
        "People of a segment are to be sent a message: a piece of at most 500 of them, each person in one piece."

    /// The same for all pieces; lower-case UUID.
    public var audienceID: String
    /// What is to be sent, such as `nurture-area-paper`.
    public var template: String
    /// From 1.
    public var piece: Int
    public var people: [UID]
    /// No piece comes after it.
    public var isLast: Bool
    public var why: Why

    public init(audienceID: String, template: String, piece: Int, people: [UID], isLast: Bool, why: Why) {
        self.audienceID = audienceID
        self.template = template
        self.piece = piece
        self.people = people
        self.isLast = isLast
        self.why = why
    }

    public static var example: AudienceReady {
        AudienceReady(
            audienceID: "01935c5a-3b00-7000-8000-000000000044",
            template: "nurture-area-paper",
            piece: 1,
            people: [Sample.uid],
            isLast: true,
            why: Sample.why
        )
    }
}
