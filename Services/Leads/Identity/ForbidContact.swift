import Contracts
import Messaging

/// Notes that a person wants no more messages of a kind.
struct ForbidContact: Sendable {
    func callAsFunction(_ optOut: RecipientOptedOut, _ work: Work) async throws {
        let store = PersonStore(work.tx)
        let aliases = AliasStore(work.tx)
        let uid = try await aliases.survivor(of: optOut.uid)
        guard var person = try await store.locked([uid])[uid] else { return }
        let before = person.consent
        let field: ProfileField
        switch optOut.channel {
        case "sms": (field, person.consent.sms) = (.consentSMS, false)
        case "email": (field, person.consent.email) = (.consentEmail, false)
        case "call": (field, person.consent.call) = (.consentCall, false)
        default: return
        }
        let isNews = person.consent != before
        // Where the whole refuses already, it may be for another side of them.
        let isJoined = try await !aliases.joined(among: [uid]).isEmpty
        guard isNews || isJoined else { return }
        let tellings = TellingStore(work.tx)
        try await tellings.adopt([optOut.uid, uid])
        try tellings.insert([
            Telling(
                origin: optOut.uid,
                id: .v7(at: work.now),
                source: .stopReply,
                actor: work.cause.actor,
                told: [field.rawValue: "no"],
                toldAt: work.now
            )
        ])
        guard isNews else { return }
        try await store.save([person], now: work.now)
        let event = ConsentChanged(uid: person.uid, consent: person.consent, source: optOut.source)
        try await work.publish(event, about: person.uid, uid: person.uid)
    }
}
