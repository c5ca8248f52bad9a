/// A deal is won.
public struct DealWon: Contract {
    public static let name: MessageName = "sales.deal.won.v1"
    public static let summary = "The contract of a deal was signed."

    public var dealID: DealID
    public var uid: UID
    public var leadID: LeadID?
    public var ownerID: StaffID
    public var contractID: SaleContractID
    public var price: Money

    public init(
        dealID: DealID,
        uid: UID,
        leadID: LeadID? = nil,
        ownerID: StaffID,
        contractID: SaleContractID,
        price: Money
    ) {
        self.dealID = dealID
        self.uid = uid
        self.leadID = leadID
        self.ownerID = ownerID
        self.contractID = contractID
        self.price = price
    }

    public static var example: DealWon {
        DealWon(
            dealID: Sample.deal,
            uid: Sample.uid,
            leadID: Sample.lead,
            ownerID: Sample.agent,
            contractID: Sample.contract,
            price: Sample.price
        )
    }
}
