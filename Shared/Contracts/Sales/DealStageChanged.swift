/// A deal is at another stage.
public struct DealStageChanged: Contract {
    public static let name: MessageName = "sales.deal.stage_changed.v1"
    public static let summary = "A deal moved to another stage of the board."

    public var dealID: DealID
    public var uid: UID
    /// `first-talk`, `need-confirmed`, `plan-made`, `negotiation`.
    public var from: String
    public var to: String
    /// Percent.
    public var probability: Int
    public var ownerID: StaffID

    public init(dealID: DealID, uid: UID, from: String, to: String, probability: Int, ownerID: StaffID) {
        self.dealID = dealID
        self.uid = uid
        self.from = from
        self.to = to
        self.probability = probability
        self.ownerID = ownerID
    }

    public static var example: DealStageChanged {
        DealStageChanged(
            dealID: Sample.deal,
            uid: Sample.uid,
            from: "first-talk",
            to: "need-confirmed",
            probability: 25,
            ownerID: Sample.agent
        )
    }
}
