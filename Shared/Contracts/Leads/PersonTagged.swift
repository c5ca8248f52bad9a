/// What is known of a person beyond how to reach them is something else now.
public struct PersonTagged: Contract {
    public static let name: MessageName = "leads.person.tagged.v1"
    public static let summary =
        "Staff said whether a tag of a person is right, or two UIDs were joined or parted: the tags that hold from now on."

    public var uid: UID
    /// All that hold; none where none does.
    public var tags: [PersonTag]

    public init(uid: UID, tags: [PersonTag]) {
        self.uid = uid
        self.tags = tags
    }

    public static var example: PersonTagged {
        PersonTagged(
            uid: Sample.uid,
            tags: [
                PersonTag(key: "interest", value: "education", source: "staff", confidence: 100, isConfirmed: true)
            ]
        )
    }
}
