public import struct Foundation.Date

/// A new lead stands in the ledger.
public struct LeadReceived: Contract {
    public static let name: MessageName = "leads.lead.received.v1"
    public static let summary = "A submission was accepted as a new lead."

    public var leadID: LeadID
    public var uid: UID
    public var channel: String
    public var campaign: String?
    /// The channel's own id of the submission.
    public var externalID: String?
    /// The person as resolved, all identifiers normalised.
    public var person: PersonCard
    public var need: Need?
    /// The person's own words.
    public var message: String?
    public var consent: Consent?
    /// `A`, `B` or `C`.
    public var grade: String
    public var gradeWhy: Why
    /// When the person pressed the button, as the channel says.
    public var submittedAt: Date?
    /// When Leads stored it.
    public var receivedAt: Date
    /// By which means the enquiry itself says that the person is reached, of those that messages go by: `sms`, `email`.
    ///
    /// Missing where it names neither the number nor the address that is written to.
    public var named: [String]?

    public init(
        leadID: LeadID,
        uid: UID,
        channel: String,
        campaign: String? = nil,
        externalID: String? = nil,
        person: PersonCard,
        need: Need? = nil,
        message: String? = nil,
        consent: Consent? = nil,
        grade: String,
        gradeWhy: Why,
        submittedAt: Date? = nil,
        receivedAt: Date,
        named: [String]? = nil
    ) {
        self.leadID = leadID
        self.uid = uid
        self.channel = channel
        self.campaign = campaign
        self.externalID = externalID
        self.person = person
        self.need = need
        self.message = message
        self.consent = consent
        self.grade = grade
        self.gradeWhy = gradeWhy
        self.submittedAt = submittedAt
        self.receivedAt = receivedAt
        self.named = named
    }

    public static var example: LeadReceived {
        LeadReceived(
            leadID: Sample.lead,
            uid: Sample.uid,
            channel: "douyin",
            campaign: "autumn-2026",
            externalID: "dy-8841",
            person: Sample.card,
            need: Sample.need,
            message: "周末可以看房吗?",
            consent: Consent(sms: true, email: true, call: true),
            grade: "A",
            gradeWhy: Sample.why,
            submittedAt: Sample.instant,
            receivedAt: Sample.instant,
            named: ["sms"]
        )
    }
}
