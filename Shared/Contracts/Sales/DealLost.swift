/// A deal is lost.
public struct DealLost: Contract {
    public static let name: MessageName = "sales.deal.lost.v1"
    public static let summary = "A deal was given up, with a reason."

    public var dealID: DealID
    public var uid: UID
    public var leadID: LeadID?
    public var ownerID: StaffID
    /// `price`, `school`, `competitor`, `financing`, `no-need`, `other`.
    public var reason: String
    public var note: String?

    public init(
        dealID: DealID,
        uid: UID,
        leadID: LeadID? = nil,
        ownerID: StaffID,
        reason: String,
        note: String? = nil
    ) {
        self.dealID = dealID
        self.uid = uid
        self.leadID = leadID
        self.ownerID = ownerID
        self.reason = reason
        self.note = note
    }

    public static var example: DealLost {
        DealLost(
            dealID: Sample.deal,
            uid: Sample.uid,
            leadID: Sample.lead,
            ownerID: Sample.agent,
            reason: "price",
            note: "超预算"
        )
    }
}
