import Contracts
import Messaging

/// Notes that a person wants no more messages of a kind.
struct ForbidContact: Sendable {
    func callAsFunction(_ optOut: RecipientOptedOut, _ work: Work) async throws {
        let store = PersonStore(work.tx)
        guard var person = try await store.locked([optOut.uid])[optOut.uid] else { return }
        let before = person.consent
        switch optOut.channel {
        case "sms": person.consent.sms = false
        case "email": person.consent.email = false
        case "call": person.consent.call = false
        default: return
        }
        guard person.consent != before else { return }
        try await store.save([person], now: work.now)
        let event = ConsentChanged(uid: person.uid, consent: person.consent, source: optOut.source)
        try await work.publish(event, about: person.uid, uid: person.uid)
    }
}
