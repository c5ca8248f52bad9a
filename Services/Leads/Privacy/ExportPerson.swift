import Contracts
import Failures
import Foundation
import Messaging
import Web

/// All that is held about a person, for the person.
struct PersonDossier: Encodable, Sendable {
    struct Held: Encodable, Sendable {
        let kind: String
        let value: String
    }

    struct Told: Encodable, Sendable {
        let at: Date
        let source: String
        let by: String
        let values: [String: String]
        let heardBy: String?
        let reason: String?
        let saidAt: Date?
        let words: String?

        init(_ telling: Telling) {
            at = telling.toldAt
            source = telling.source.rawValue
            by = telling.actor
            values = telling.told
            heardBy = telling.heardBy
            reason = telling.reason
            saidAt = telling.saidAt
            words = telling.words
        }
    }

    struct Holds: Encodable, Sendable {
        let value: String
        let why: Contracts.Why
    }

    struct Event: Encodable, Sendable {
        let at: Date
        let name: String
        let by: String
        let data: RawJSON
    }

    struct Sent: Encodable, Sendable {
        let at: Date
        let channel: String
        let outcome: String
        /// As it came.
        let body: String
    }

    struct Answered: Encodable, Sendable {
        let at: Date
        let channel: String
        let words: String
    }

    struct Failing: Encodable, Sendable {
        let channel: String
        let since: Date
        let why: Contracts.Why
    }

    struct Referred: Encodable, Sendable {
        let at: Date
        let code: String
        /// Whether it was them who recommended us.
        let isTheirs: Bool
        let state: String
        let rewards: [Reward]
        let paidAt: Date?
        let reference: String?
    }

    /// What somebody means to call about.
    struct Planned: Encodable, Sendable {
        let at: Date
        let what: String?
    }

    let uid: UID
    let alsoKnownAs: [UID]
    let identifiers: [Held]
    let holds: [String: Holds]
    /// What they allow and refuse now, and all that was ever said of it.
    let consents: [ConsentAnswer]
    let consentHistory: [ConsentAnswer]
    let told: [Told]
    let submissions: [Sent]
    /// What they wrote back.
    let answers: [Answered]
    /// By which means messages do not reach them.
    let unreachable: [Failing]
    let planned: [Planned]
    let events: [Event]
    let merges: [MergeID]
    let referralCodes: [String]
    /// Those they made, and those by which they came.
    let referrals: [Referred]
    /// What every other table has, by its name.
    let held: [String: [RawJSON]]
    let takenAt: Date
}

/// JSON that is there already.
struct RawJSON: Encodable, Sendable {
    let text: String

    func encode(to encoder: any Encoder) throws {
        try JSONValue(parsing: text).encode(to: encoder)
    }
}

/// Hands out all that is held about a person, and notes who took it.
struct ExportPerson: Sendable {
    func callAsFunction(_ named: UID, by staff: StaffID, _ work: Work) async throws -> PersonDossier {
        let uid = try await AliasStore(work.tx).survivor(of: named)
        guard let side = try await SideStore(work.tx).load([uid])[uid],
            try await !PersonStore(work.tx).all([uid]).isEmpty
        else { throw Rejection.notFound("person", named) }
        let store = DossierStore(work.tx)
        let subjects = side.members.map(\.description) + side.leads.map(\.id.description)
        let dossier = PersonDossier(
            uid: uid,
            alsoKnownAs: side.members.filter { $0 != uid },
            identifiers: side.identifiers.map { .init(kind: $0.identifier.kind.rawValue, value: $0.identifier.value) },
            holds: Dictionary(
                side.winners.map { ($0.key.rawValue, PersonDossier.Holds(value: $0.value.value, why: $0.value.why)) }
            ) { first, _ in first },
            consents: side.heldConsents,
            consentHistory: side.saidConsents,
            told: side.tellings.map(PersonDossier.Told.init),
            submissions: try await store.submissions(of: side),
            answers: try await AnswerStore(work.tx).of(side.members, limit: 10_000)
                .map { .init(at: $0.at, channel: $0.channel, words: $0.words) },
            unreachable: try await AnswerStore(work.tx).unreachable(side.members)
                .map { .init(channel: $0.channel, since: $0.since, why: $0.why) },
            planned: try await FollowUpStore(work.tx).of(side.leads.map(\.id)).values.sorted { $0.dueAt < $1.dueAt }
                .map { .init(at: $0.dueAt, what: $0.note) },
            events: try await store.events(of: side.members, subjects),
            merges: try await MergeStore(work.tx).of(side.members).map(\.id),
            referralCodes: try await ReferralCodeStore(work.tx).codes(of: side.members),
            referrals: try await store.referrals(of: side.members),
            held: try await store.held(of: side),
            takenAt: work.now
        )
        try await work.publish(PersonExported(uid: uid, staffID: staff), about: uid, uid: uid)
        return dossier
    }
}
