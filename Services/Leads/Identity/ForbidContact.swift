import Contracts
import Messaging

/// Notes that a person wants no more messages of a kind.
///
/// STOP is an answer to whatever came by that means: it takes back marketing, care, notices of referrals and what is under
/// way alike. What of it they want after all is noted by staff, for each purpose. Whoever follows the link of a mail takes
/// back what that mail was sent for, and nothing else.
struct ForbidContact: Sendable {
    func callAsFunction(_ optOut: RecipientOptedOut, _ work: Work) async throws {
        let store = PersonStore(work.tx)
        let uid = try await AliasStore(work.tx).survivor(of: optOut.uid)
        guard var person = try await store.locked([uid])[uid],
            let means = ConsentMeans(rawValue: optOut.channel)
        else { return }
        let telling = Telling(
            origin: optOut.uid,
            id: .v7(at: work.now),
            source: optOut.purpose == nil ? .stopReply : .unsubscribeLink,
            actor: work.cause.actor,
            told: ConsentSaying(refused: optOut.scope(by: means)).told,
            toldAt: work.now
        )
        let before = person.consents
        person.consents.hear(telling)
        // Kept each time: of people who turn out to be one, who said yes in between does not outdo a later no.
        let tellings = TellingStore(work.tx)
        try await tellings.adopt([optOut.uid, uid])
        try tellings.insert([telling])
        guard person.consents != before else { return }
        try await store.save([person], now: work.now)
        try await work.publish(ConsentChanged(person, source: optOut.source), about: person.uid, uid: person.uid)
    }
}

extension RecipientOptedOut {
    /// What is taken back; of a purpose that nobody knows, everything.
    fileprivate func scope(by means: ConsentMeans) -> ConsentScope {
        purpose.flatMap(ConsentPurpose.init(rawValue:)).map { ConsentScope($0, by: means) } ?? ConsentScope(by: means)
    }
}
