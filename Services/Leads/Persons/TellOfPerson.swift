import Contracts
import Failures
import Foundation
import Messaging
import Web

/// A member of staff says what they know of a person: how they are called, their family, what they allow.
struct TellOfPerson: Sendable {
    /// Without one no document numbers are taken.
    let documentKey: DocumentKey?
    let merge: MergePersons

    func callAsFunction(_ named: UID, _ values: [String: String], _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        let told = try TellOfPerson.checked(values)
        let document = try values["document"].flatMap { $0.isEmpty ? nil : try identifier($0) }
        let uid = try await AliasStore(work.tx).survivor(of: named)
        guard try await LeadQueryStore(work.tx).seesPerson(uid, sight) else {
            throw Rejection.notFound("person", named)
        }
        if let document { try await claim(document, for: uid, work) }
        // A document may have shown that they are somebody we knew.
        let person = try await AliasStore(work.tx).survivor(of: uid)
        try await tell(told, of: person, named: named, work)
    }

    /// What is said of somebody by a UID of theirs is that one's: it goes along with it when a merge is taken back.
    private func tell(_ told: [String: String], of uid: UID, named: UID, _ work: Work) async throws {
        let side = try await SideStore(work.tx).taken(uid)
        let (known, consents) = (side.winners, side.person.consents)
        let news = told.filter { field, value in
            if let scope = ConsentSaying.scope(field)?.scope {
                return !(value == "yes" ? consents.allowed : consents.refused).isSuperset(of: scope)
            }
            return ProfileField(rawValue: field).flatMap { known[$0] }?.value != value
        }
        guard !news.isEmpty else { return }
        let telling = Telling(
            origin: named,
            id: .v7(at: work.now),
            source: .staff,
            actor: work.cause.actor,
            told: news,
            toldAt: work.now
        )
        try await keep(telling, of: side, work)
    }

    /// Keeps what a member of staff tells of a person, and tells what holds now.
    func keep(_ telling: Telling, of known: Side, _ work: Work) async throws {
        var side = known
        let (uid, before) = (side.uid, side.person)
        try TellingStore(work.tx).insert([telling])
        side.tellings.append(telling)
        try await PersonStore(work.tx).save([side.person], now: work.now)
        let event = PersonProfiled(uid: uid, fields: telling.told.keys.sorted())
        try await work.publish(event, about: uid, uid: uid)
        if side.person != before { try await work.publishAnew(side.person, before: before, source: "staff") }
        try await work.timers.set(MatchQuestion(persons: [uid]).timers(at: work.now))
    }

    /// The same document is the same person.
    private func claim(_ document: PersonIdentifier, for uid: UID, _ work: Work) async throws {
        let holders = try await PersonStore(work.tx).claim([document: Holder(uid)], now: work.now)
        guard let holder = holders[document], holder.uid != uid else { return }
        let pair = UIDPair(holder.uid, uid)
        let why = Why(
            rule: "identity.same-document",
            version: MatchRule.version,
            otherwise: "Marked as different people, they would have stayed two."
        )
        try await merge(pair.high, into: pair.low, why: why, work)
    }

    private func identifier(_ number: String) throws -> PersonIdentifier {
        guard let documentKey else {
            throw Rejection(
                .conflict,
                "no-document-key",
                "This system keeps no document numbers: it has no key for them."
            )
        }
        return try documentKey.identifier(number)
    }

    /// - Throws: a ``Rejection`` that names the first field that is wrong.
    private static func checked(_ values: [String: String]) throws -> [String: String] {
        var told: [String: String] = [:]
        for (name, text) in values.sorted(by: { $0.key < $1.key }) where name != "document" {
            if ConsentSaying.scope(name) != nil {
                guard ["", "yes", "no"].contains(text) else {
                    throw Rejection.invalid(name, "unknown-choice", "\(name) is yes or no.")
                }
                told[name] = text.isEmpty ? nil : text
                continue
            }
            guard let field = ProfileField(rawValue: name) else {
                throw Rejection.invalid(name, "no-such-field", "There is no field \(name) of a person.")
            }
            told[name] = try field.value(text)
        }
        return told
    }
}
