/// A deal stands on the board.
public struct DealOpened: Contract {
    public static let name: MessageName = "sales.deal.opened.v1"
    public static let summary = "An agent opened a deal with a customer."

    public var dealID: DealID
    public var uid: UID
    public var leadID: LeadID?
    public var ownerID: StaffID
    public var title: String
    public var project: String?
    public var expected: Money?
    public var stage: String

    public init(
        dealID: DealID,
        uid: UID,
        leadID: LeadID? = nil,
        ownerID: StaffID,
        title: String,
        project: String? = nil,
        expected: Money? = nil,
        stage: String
    ) {
        self.dealID = dealID
        self.uid = uid
        self.leadID = leadID
        self.ownerID = ownerID
        self.title = title
        self.project = project
        self.expected = expected
        self.stage = stage
    }

    public static var example: DealOpened {
        DealOpened(
            dealID: Sample.deal,
            uid: Sample.uid,
            leadID: Sample.lead,
            ownerID: Sample.agent,
            title: "张三 · River Park",
            project: "river-park",
            expected: Sample.price,
            stage: "first-talk"
        )
    }
}
