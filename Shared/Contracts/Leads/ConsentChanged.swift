/// What a person allows has changed.
public struct ConsentChanged: Contract {
    public static let name: MessageName = "leads.consent.changed.v1"
    public static let summary = "A person allowed or forbade a means of contact."

    public var uid: UID
    /// The whole consent, not what changed.
    public var consent: Consent
    /// `submission`, `stop-reply`, `staff`, `merge`, `unmerge`, `import-undone`.
    public var source: String

    public init(uid: UID, consent: Consent, source: String) {
        self.uid = uid
        self.consent = consent
        self.source = source
    }

    public static var example: ConsentChanged {
        ConsentChanged(uid: Sample.uid, consent: Consent(sms: false, email: true, call: true), source: "stop-reply")
    }
}
