import Contracts
import Messaging

/// A person as one message of Leads tells of them.
struct Identified: Sendable {
    let uid: UID
    let card: PersonCard
    let sequence: Int64
}

/// What a person allows, as one message tells.
struct Allowed: Sendable {
    let uid: UID
    let consent: Consent
    let sequence: Int64
}

/// Who answers for a person.
struct Entrusted: Sendable {
    let uid: UID
    let agentID: StaffID?
    let teamID: TeamID?
}

/// Keeps the customers as Leads tells of them.
///
/// Leads tells of every lead, so whole batches are kept in one statement.
struct KeepCustomers: Sendable {
    func identified(_ arrivals: [Arrival<PersonIdentified>], _ work: Work) async throws {
        let store = CustomerStore(work.tx)
        try await store.identify(
            newest(arrivals) { Identified(uid: $0.message.uid, card: $0.message.person, sequence: $0.sequence) }
        )
        try await store.allow(
            newest(arrivals) { Allowed(uid: $0.message.uid, consent: $0.message.consent, sequence: $0.sequence) }
        )
    }

    func consentChanged(_ arrivals: [Arrival<ConsentChanged>], _ work: Work) async throws {
        try await CustomerStore(work.tx).allow(
            newest(arrivals) { Allowed(uid: $0.message.uid, consent: $0.message.consent, sequence: $0.sequence) }
        )
    }

    /// A lead that waits in a pool leaves its person with nobody.
    func assigned(_ arrivals: [Arrival<LeadAssigned>], _ work: Work) async throws {
        try await CustomerStore(work.tx).entrust(
            newest(arrivals) {
                Entrusted(uid: $0.message.uid, agentID: $0.message.ownerID, teamID: $0.message.teamID)
            }
        )
    }

    /// What was one person's is the other's too; their own row stays, for what is still told of the old UID.
    func merged(_ event: PersonMerged, _ work: Work) async throws {
        try await CustomerStore.merges.merged(event, work)
        if let lead = event.standing { try await entrust(event.uid, lead, work) }
    }

    func unmerged(_ event: PersonUnmerged, _ work: Work) async throws {
        try await CustomerStore.merges.unmerged(event, work)
        if let lead = event.standing { try await entrust(event.uid, lead, work) }
        if let lead = event.unmergedStanding { try await entrust(event.unmergedUID, lead, work) }
    }

    /// A person is forgotten: their cases stay, without the words.
    func forgot(_ event: PersonErased, _ work: Work) async throws {
        let store = ForgottenPersonStore(work.tx)
        let words = try await MergedPersonStore(work.tx).words(of: event.uids)
        let forgotten = Forgotten(
            uids: event.uids,
            subjects: try await store.subjects(of: event.uids),
            contacts: words.contacts,
            names: words.names
        )
        try store.blank(event.uids)
        try await work.forget(forgotten)
    }

    private func entrust(_ uid: UID, _ lead: StandingLead, _ work: Work) async throws {
        try await CustomerStore(work.tx).entrust([Entrusted(uid: uid, agentID: lead.ownerID, teamID: lead.teamID)])
    }

    /// The last message about each person of a batch: one statement cannot change a row twice.
    private func newest<Message, Kept>(
        _ arrivals: [Arrival<Message>],
        _ keep: (Arrival<Message>) -> Kept
    ) -> [Kept] where Message: AboutPerson {
        let last = Dictionary(arrivals.map { ($0.message.uid, $0) }) { earlier, later in
            later.sequence >= earlier.sequence || !Message.isOrderedBySequence ? later : earlier
        }
        return last.values.map(keep)
    }
}

/// A message about one person.
protocol AboutPerson: Contract {
    var uid: UID { get }
    /// Whether its sequence counts the person's versions: then the highest is the newest, else the last to arrive.
    static var isOrderedBySequence: Bool { get }
}

extension PersonIdentified: AboutPerson {
    static var isOrderedBySequence: Bool { true }
}

extension ConsentChanged: AboutPerson {
    static var isOrderedBySequence: Bool { true }
}

extension LeadAssigned: AboutPerson {
    static var isOrderedBySequence: Bool { false }
}

extension Arrival {
    /// The version of what the message is about; 0 where the sender counts none.
    var sequence: Int64 { envelope.sequence ?? 0 }
}
