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
    private func tell(_ told: [ProfileField: String], of uid: UID, named: UID, _ work: Work) async throws {
        let sides = SideStore(work.tx)
        try await sides.lock([uid])
        guard var side = try await sides.load([uid], locking: true)[uid] else {
            throw Rejection.notFound("person", uid)
        }
        let before = side.person
        let known = side.winners
        let news = told.filter { known[$0.key]?.value != $0.value }
        guard !news.isEmpty else { return }
        let telling = Telling(
            origin: named,
            id: .v7(at: work.now),
            source: .staff,
            actor: work.cause.actor,
            told: Dictionary(news.map { ($0.key.rawValue, $0.value) }) { first, _ in first },
            toldAt: work.now
        )
        try TellingStore(work.tx).insert([telling])
        side.tellings.append(telling)
        try await PersonStore(work.tx).save([side.person], now: work.now)
        let event = PersonProfiled(uid: uid, fields: news.keys.map(\.rawValue).sorted())
        try await work.publish(event, about: uid, uid: uid)
        if side.person != before { try await work.publishAnew(side.person, before: before, source: "staff") }
        try await work.timers.set([try MatchQuestion(persons: [uid]).timer(at: work.now)].compactMap(\.self))
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
    private static func checked(_ values: [String: String]) throws -> [ProfileField: String] {
        var told: [ProfileField: String] = [:]
        for (name, text) in values.sorted(by: { $0.key < $1.key }) where name != "document" {
            guard let field = ProfileField(rawValue: name) else {
                throw Rejection.invalid(name, "no-such-field", "There is no field \(name) of a person.")
            }
            told[field] = try field.value(text)
        }
        return told
    }
}
