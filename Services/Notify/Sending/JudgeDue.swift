import Contracts
import Foundation
import Messaging
import Policies

/// Decides what becomes of messages that are due: each is asked anew, whatever was true when it was written.
struct JudgeDue: Sendable {
    /// Where the office is.
    let zone: TimeZone

    enum Decision: Sendable {
        case send(to: String)
        /// With a stable slug that says why not, figures, and the policy where one decided.
        case suppress(String, detail: String? = nil, Contracts.Why? = nil)
        case hold(until: Date, Contracts.Why?)
    }

    /// A decision, and the consent that it goes by; of messages to staff there is none.
    struct Judgement: Sendable {
        let decision: Decision
        let consent: Contracts.Why?
    }

    func callAsFunction(_ due: [Message], _ work: Work) async throws -> [Judgement] {
        let store = RecipientStore(work.tx)
        let repeated = try await MessageStore(work.tx).repeated(among: due)
        let customers = try await store.customers(due.compactMap(\.uid))
        let staff = try await store.staff(due.compactMap(\.staffID))
        let decisions = due.map { message -> Decision in
            // It was on its way when the person was forgotten, and nobody knows how that ended.
            if message.text.body.isEmpty { return .suppress("person-erased") }
            // Two whom Leads found to be one since they were written to.
            if repeated.contains(message.id) { return .suppress("written-to-already") }
            return switch message.recipient {
            case .customer(let uid):
                Decision(
                    SendingPolicy.verdict(message.channel, message.purpose, for: message.topic, to: customers[uid])
                )
            case .staff(let id): Decision(SendingPolicy.verdict(message.channel, for: staff[id]))
            }
        }
        let useful = try await withoutDead(decisions, of: due, work)
        let tempered = try await temper(useful, of: due, customers, work)
        return zip(due, tempered).map { message, decision in
            let customer = message.uid.flatMap { customers[$0] }
            let consent = customer.map {
                SendingPolicy.consent(message.channel, message.purpose, for: message.topic, to: $0)
            }
            return Judgement(decision: decision, consent: consent)
        }
    }

    /// Drops what nobody waits for where messages do not arrive; what is business under way is tried all the same.
    private func withoutDead(_ decisions: [Decision], of due: [Message], _ work: Work) async throws -> [Decision] {
        let places = zip(due, decisions).map { message, decision -> FailingAddressStore.Address? in
            guard case .send(let address) = decision, message.purpose == .courtesy else { return nil }
            return FailingAddressStore.Address(channel: message.channel, address: address)
        }
        let marked = try await FailingAddressStore(work.tx).marked(among: Set(places.compactMap(\.self)).sorted())
        return zip(places, decisions).map { place, decision in
            place.flatMap { marked[$0] }.map { Decision.suppress("does-not-work", $0) } ?? decision
        }
    }

    /// Holds or drops what would be sent at night, or too often.
    private func temper(
        _ decisions: [Decision],
        of due: [Message],
        _ customers: [UID: Customer],
        _ work: Work
    ) async throws -> [Decision] {
        let people = zip(due, decisions).map { message, decision -> UID? in
            guard case .send = decision, message.isMarketing else { return nil }
            return message.uid.flatMap { customers[$0]?.uid }
        }
        let concerned = Set(people.compactMap(\.self)).sorted()
        guard !concerned.isEmpty else { return decisions }
        let store = MarketingStore(work.tx)
        try await store.lock(concerned)
        let policy = try await PolicyStore(work.tx).current(MarketingPolicy.self)
        let marketing = MarketingRule(zone: zone, policy: policy)
        var sent = try await store.sent(to: concerned, since: marketing.weekStart(of: work.now))
        return zip(zip(due, decisions), people).map { pair, person in
            let (message, decision) = pair
            guard let person else { return decision }
            let verdict = marketing.verdict(
                writtenAt: message.createdAt,
                sending: message.sending,
                sent: sent[person] ?? [:],
                at: work.now
            )
            switch verdict {
            case .hold(let end): return .hold(until: end, marketing.why(verdict))
            case .drop(let reason, let detail): return .suppress(reason, detail: detail, marketing.why(verdict))
            case .send:
                sent[person, default: [:]][message.sending] = work.now
                return decision
            }
        }
    }
}

extension JudgeDue.Decision {
    fileprivate init(_ verdict: SendingPolicy.Verdict) {
        switch verdict {
        case .send(let address): self = .send(to: address)
        case .suppress(let reason): self = .suppress(reason)
        }
    }
}
