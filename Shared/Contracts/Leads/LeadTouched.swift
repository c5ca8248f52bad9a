/// A person whose lead is open enquired again.
public struct LeadTouched: Contract {
    public static let name: MessageName = "leads.lead.touched.v1"
    public static let summary = "A person with an open lead enquired again: a second touch, not a second lead."

    public var leadID: LeadID
    public var uid: UID
    public var channel: String
    public var campaign: String?
    public var externalID: String?
    public var message: String?
    public var need: Need?
    public var ownerID: StaffID?
    /// Who sees to it while the owner is on leave; missing while the owner works.
    public var standInID: StaffID?
    public var customerName: String?
    /// How many times the person has enquired about this lead, the first included.
    public var touches: Int
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
        message: String? = nil,
        need: Need? = nil,
        ownerID: StaffID? = nil,
        standInID: StaffID? = nil,
        customerName: String? = nil,
        touches: Int,
        named: [String]? = nil
    ) {
        self.leadID = leadID
        self.uid = uid
        self.channel = channel
        self.campaign = campaign
        self.externalID = externalID
        self.message = message
        self.need = need
        self.ownerID = ownerID
        self.standInID = standInID
        self.customerName = customerName
        self.touches = touches
        self.named = named
    }

    public static var example: LeadTouched {
        LeadTouched(
            leadID: Sample.lead,
            uid: Sample.uid,
            channel: "web",
            campaign: "autumn-2026",
            externalID: "w-1",
            message: "还有三房吗?",
            need: Sample.need,
            ownerID: Sample.agent,
            standInID: Sample.manager,
            customerName: "张三",
            touches: 2,
            named: ["sms"]
        )
    }
}
