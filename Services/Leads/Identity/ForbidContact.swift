import Contracts
import Messaging

/// Notes that a person wants no more messages of a kind.
///
/// STOP is an answer to whatever came by that means: it takes back marketing, care, notices of referrals and what is under
/// way alike. What of it they want after all is noted by staff, for each purpose.
struct ForbidContact: Sendable {
    func callAsFunction(_ optOut: RecipientOptedOut, _ work: Work) async throws {
        let store = PersonStore(work.tx)
        let aliases = AliasStore(work.tx)
        let uid = try await aliases.survivor(of: optOut.uid)
        guard var person = try await store.locked([uid])[uid],
            let means = ConsentMeans(rawValue: optOut.channel)
        else { return }
        let telling = Telling(
            origin: optOut.uid,
            id: .v7(at: work.now),
            source: .stopReply,
            actor: work.cause.actor,
            told: ConsentSaying(refused: ConsentScope(by: means)).told,
            toldAt: work.now
        )
        let before = person.consents
        person.consents.hear(telling)
        let isNews = person.consents != before
        // Where the whole refuses already, it may be for another side of them.
        let isJoined = try await !aliases.joined(among: [uid]).isEmpty
        guard isNews || isJoined else { return }
        let tellings = TellingStore(work.tx)
        try await tellings.adopt([optOut.uid, uid])
        try tellings.insert([telling])
        guard isNews else { return }
        try await store.save([person], now: work.now)
        try await work.publish(ConsentChanged(person, source: optOut.source), about: person.uid, uid: person.uid)
    }
}
