public import Foundation

/// What a channel pushes: one enquiry of one person.
///
/// Public; see the README.
///
/// `channel` and one way to reach the person are required. `(channel, externalId)` identifies a submission.
public struct SubmitLead: Contract {
    public static let name: MessageName = "leads.lead.submit.v1"
    public static let summary = "A channel pushes an enquiry."

    public var channel: String
    public var externalId: String?
    public var campaign: String?
    /// When the person pressed the button.
    public var submittedAt: Date?
    public var person: Person
    public var need: Need?
    public var message: String?
    public var consent: Consent?
    public var referrer: Referrer?
    /// Whatever else the channel knows, kept as it is.
    public var attributes: [String: String]?

    /// The person as the channel knows it: nothing is normalised yet.
    public struct Person: Codable, Sendable, Equatable {
        public var name: String?
        public var phones: [String]?
        public var emails: [String]?
        public var wechat: String?
        public var language: String?

        public init(
            name: String? = nil,
            phones: [String]? = nil,
            emails: [String]? = nil,
            wechat: String? = nil,
            language: String? = nil
        ) {
            self.name = name
            self.phones = phones
            self.emails = emails
            self.wechat = wechat
            self.language = language
        }
    }

    /// Who sent the person to us.
    public struct Referrer: Codable, Sendable, Equatable {
        public var code: String?

        public init(code: String? = nil) { self.code = code }
    }

    public init(
        channel: String,
        externalId: String? = nil,
        campaign: String? = nil,
        submittedAt: Date? = nil,
        person: Person,
        need: Need? = nil,
        message: String? = nil,
        consent: Consent? = nil,
        referrer: Referrer? = nil,
        attributes: [String: String]? = nil
    ) {
        self.channel = channel
        self.externalId = externalId
        self.campaign = campaign
        self.submittedAt = submittedAt
        self.person = person
        self.need = need
        self.message = message
        self.consent = consent
        self.referrer = referrer
        self.attributes = attributes
    }

    public static var example: SubmitLead {
        SubmitLead(
            channel: "douyin",
            externalId: "dy-8841",
            campaign: "autumn-2026",
            submittedAt: Sample.instant,
            person: Person(
                name: "张三",
                phones: ["138 1234 5678"],
                emails: ["zhang.san@example.com"],
                wechat: "zs1990",
                language: "zh"
            ),
            need: Sample.need,
            message: "周末可以看房吗?",
            consent: Consent(
                sms: true,
                email: true,
                call: true,
                wechat: true,
                purposes: ["marketing": ConsentByMeans(sms: false, email: true, call: false, wechat: true)],
                words: "隐私政策 2026-03"
            ),
            referrer: Referrer(code: "R-7F3K"),
            attributes: ["adId": "77120"]
        )
    }
}
