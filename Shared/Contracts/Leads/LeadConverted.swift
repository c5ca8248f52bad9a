/// A lead has become a deal.
public struct LeadConverted: Contract {
    public static let name: MessageName = "leads.lead.converted.v1"
    public static let summary = "A deal was opened for the person of a lead: the lead has become a customer."

    public var leadID: LeadID
    public var uid: UID
    public var dealID: DealID
    /// What marketing knew of the person, to be confirmed or rejected by sales; missing in what older versions sent.
    public var tags: [PersonTag]?

    public init(leadID: LeadID, uid: UID, dealID: DealID, tags: [PersonTag]? = nil) {
        self.leadID = leadID
        self.uid = uid
        self.dealID = dealID
        self.tags = tags
    }

    public static var example: LeadConverted {
        LeadConverted(
            leadID: Sample.lead,
            uid: Sample.uid,
            dealID: Sample.deal,
            tags: [
                PersonTag(key: "interest", value: "education", source: "enquiry", confidence: 60, isConfirmed: false)
            ]
        )
    }
}

/// Something that is known of a person, and how surely.
public struct PersonTag: Codable, Sendable, Equatable {
    /// Such as `budget`, `region`, `layout`, `interest` and `visits`.
    public var key: String
    public var value: String
    /// `staff`, `events` or `enquiry`.
    public var source: String
    /// Percent.
    public var confidence: Int
    /// A member of staff has said that it is right.
    public var isConfirmed: Bool

    public init(key: String, value: String, source: String, confidence: Int, isConfirmed: Bool) {
        self.key = key
        self.value = value
        self.source = source
        self.confidence = confidence
        self.isConfirmed = isConfirmed
    }
}
