import Contracts
import Messaging

/// Notes that a person wants no more messages of a kind.
struct ForbidContact: Sendable {
    func callAsFunction(_ optOut: RecipientOptedOut, _ work: Work) async throws {
        let store = PersonStore(work.tx)
        let uid = try await AliasStore(work.tx).survivor(of: optOut.uid)
        guard var person = try await store.locked([uid])[uid] else { return }
        let before = person.consent
        let field: ProfileField
        switch optOut.channel {
        case "sms": (field, person.consent.sms) = (.consentSMS, false)
        case "email": (field, person.consent.email) = (.consentEmail, false)
        case "call": (field, person.consent.call) = (.consentCall, false)
        default: return
        }
        guard person.consent != before else { return }
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
        try await store.save([person], now: work.now)
        let event = ConsentChanged(uid: person.uid, consent: person.consent, source: optOut.source)
        try await work.publish(event, about: person.uid, uid: person.uid)
    }
}
