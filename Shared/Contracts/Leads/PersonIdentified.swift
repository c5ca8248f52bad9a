/// A person as Leads knows them now.
public struct PersonIdentified: Contract {
    public static let name: MessageName = "leads.person.identified.v1"
    public static let summary = "A person is known for the first time, or known by more than before."

    public var uid: UID
    /// The whole card, not what changed.
    public var person: PersonCard
    public var consent: Consent
    /// What the consent goes by.
    public var grounds: [ConsentGround]?
    public var isNew: Bool

    public init(uid: UID, person: PersonCard, consent: Consent, grounds: [ConsentGround]? = nil, isNew: Bool) {
        self.uid = uid
        self.person = person
        self.consent = consent
        self.grounds = grounds
        self.isNew = isNew
    }

    public static var example: PersonIdentified {
        PersonIdentified(
            uid: Sample.uid,
            person: Sample.card,
            consent: Consent(email: true, purposes: ["service": ConsentByMeans(call: true)]),
            grounds: [Sample.ground],
            isNew: true
        )
    }
}
