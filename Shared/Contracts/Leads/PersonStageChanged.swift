/// A person came to another stage of their life with us.
public struct PersonStageChanged: Contract {
    public static let name: MessageName = "leads.person.stage_changed.v1"
    public static let summary =
        "A person moved on from potential to intent, deal, owner or historic, or evidence for it was taken back."

    public var uid: UID
    /// `potential`, `intent`, `deal`, `owner` or `historic`.
    public var from: String
    public var to: String
    public var why: Why

    public init(uid: UID, from: String, to: String, why: Why) {
        self.uid = uid
        self.from = from
        self.to = to
        self.why = why
    }

    public static var example: PersonStageChanged {
        PersonStageChanged(
            uid: Sample.uid,
            from: "intent",
            to: "deal",
            why: Why(
                rule: "life.deal-won",
                version: 1,
                inputs: ["dealID": Sample.deal.description],
                otherwise: "Had the deal not been won, they would have stayed where they were."
            )
        )
    }
}
