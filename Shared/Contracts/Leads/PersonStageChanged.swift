/// A person came to another stage of their life with us.
public struct PersonStageChanged: Contract {
    public static let name: MessageName = "leads.person.stage_changed.v1"
    public static let summary =
        "A person moved on from potential to intent, deal, owner or historic, or evidence for it was taken back."

    public var uid: UID
    /// `potential`, `intent`, `deal`, `owner` or `historic`.
    public var from: String
    public var to: String
    /// Why a member of staff said so, when one did.
    public var note: String?
    public var why: Why

    public init(uid: UID, from: String, to: String, note: String? = nil, why: Why) {
        self.uid = uid
        self.from = from
        self.to = to
        self.note = note
        self.why = why
    }

    public static var example: PersonStageChanged {
        PersonStageChanged(
            uid: Sample.uid,
            from: "intent",
            to: "deal",
            note: "签约在即",
            why: Why(
                rule: "life.by-hand",
                version: 1,
                inputs: ["by": "staff:\(Sample.agent)"],
                otherwise: "What happens later still moves them on."
            )
        )
    }
}
