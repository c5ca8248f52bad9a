/// A person as Leads knows them now.
public struct PersonIdentified: Contract {
    public static let name: MessageName = "leads.person.identified.v1"
    public static let summary = "A person is known for the first time, or known by more than before."

    public var uid: UID
    /// The whole card, not what changed.
    public var person: PersonCard
    public var consent: Consent
    public var isNew: Bool

    public init(uid: UID, person: PersonCard, consent: Consent, isNew: Bool) {
        self.uid = uid
        self.person = person
        self.consent = consent
        self.isNew = isNew
    }

    public static var example: PersonIdentified {
        PersonIdentified(
            uid: Sample.uid,
            person: Sample.card,
            consent: Consent(sms: true, email: true, call: true),
            isNew: true
        )
    }
}
