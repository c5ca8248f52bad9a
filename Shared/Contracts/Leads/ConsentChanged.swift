/// What a person allows has changed.
public struct ConsentChanged: Contract {
    public static let name: MessageName = "leads.consent.changed.v1"
    public static let summary = "A person allowed or forbade a means of contact, for every purpose or for one."

    public var uid: UID
    /// The whole consent, not what changed.
    public var consent: Consent
    /// What it goes by; what nobody has said anything of is not in it.
    public var grounds: [ConsentGround]?
    /// `submission`, `stop-reply`, `unsubscribe-link`, `staff`, `merge`, `unmerge`, `import-undone`.
    public var source: String

    public init(uid: UID, consent: Consent, grounds: [ConsentGround]? = nil, source: String) {
        self.uid = uid
        self.consent = consent
        self.grounds = grounds
        self.source = source
    }

    public static var example: ConsentChanged {
        ConsentChanged(
            uid: Sample.uid,
            consent: Consent(sms: false, email: true, purposes: ["service": ConsentByMeans(call: true)]),
            grounds: [
                Sample.ground,
                ConsentGround(
                    allows: false,
                    scope: ["sms"],
                    source: "stop-reply",
                    at: Sample.instant,
                    id: Sample.record
                ),
            ],
            source: "stop-reply"
        )
    }
}
