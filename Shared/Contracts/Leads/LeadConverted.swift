/// A lead has become a deal.
public struct LeadConverted: Contract {
    public static let name: MessageName = "leads.lead.converted.v1"
    public static let summary = "A deal was opened for the person of a lead: the lead has become a customer."

    public var leadID: LeadID
    public var uid: UID
    public var dealID: DealID

    public init(leadID: LeadID, uid: UID, dealID: DealID) {
        self.leadID = leadID
        self.uid = uid
        self.dealID = dealID
    }

    public static var example: LeadConverted {
        LeadConverted(leadID: Sample.lead, uid: Sample.uid, dealID: Sample.deal)
    }
}
