import Contracts
import Foundation
import Messaging

/// What one submission said, and whether that is taken back.
struct Saying: Sendable {
    let submission: StoredSubmission
    /// Nil where it cannot be read any more.
    let enquiry: Enquiry?
    /// Whom it was taken to be of when it came.
    let uid: UID
    /// Who handed it over.
    let actor: String
    /// The row of the file that is taken back.
    let row: Int64?
    /// It is a row of the file that is taken back, and is taken back with it; or was taken back before.
    let isWithdrawn: Bool
}

/// What is left of a person without what some submissions said.
///
/// Pure. What only they brought goes: facts, identifiers, tags, what a lead wants. What somebody else said as well stays, with
/// them as its source from now on; what staff said is nothing that a submission brought.
struct TakeBack: Sendable {
    private(set) var side: Side
    /// Those that go altogether.
    private(set) var removedTellings: [Telling] = []
    /// Those that are changed or new.
    private(set) var changedTellings: [Telling] = []
    private(set) var removedIdentifiers: [HeldIdentifier] = []
    /// Fields of which something was taken back.
    private(set) var fields: Set<String> = []
    let withdrawn: [Saying]
    let others: [Saying]
    /// What staff has corrected of what the person wants, in the order of time.
    let corrections: [NeedCorrection]
    /// Of which of the person's sides each identifier is.
    private let origins: [PersonIdentifier: UID]
    private let tree: AliasTree

    /// What the file itself said.
    var taken: [Saying] { withdrawn.filter { $0.row != nil } }

    /// `sayings`: what was said of this person; `elsewhere`: all that stays said, of whomever.
    init(
        _ side: Side,
        _ sayings: [Saying],
        _ corrections: [NeedCorrection] = [],
        elsewhere: NamedIdentifiers,
        since: [PersonIdentifier: Date],
        tree: AliasTree
    ) {
        self.side = side
        self.tree = tree
        self.corrections = corrections
        withdrawn = sayings.filter(\.isWithdrawn)
        others = sayings.filter { !$0.isWithdrawn }
        origins = Dictionary(side.identifiers.map { ($0.identifier, $0.origin) }) { first, _ in first }
        takeFacts()
        takeIdentifiers(elsewhere, since)
    }

    /// Which side of the person it was told of: the one that it names, of those that they had when it came.
    ///
    /// Where it names several, or none, that is whoever they were then; others may have been joined with them since.
    func side(of saying: Saying) -> UID {
        let named = Set((saying.enquiry?.identifiers ?? []).compactMap { origins[$0] })
        if named.count == 1, let only = named.first { return only }
        guard side.members.contains(saying.uid) else { return side.uid }
        let then = named.intersection(tree.members(of: saying.uid, at: saying.submission.receivedAt))
        return then.count == 1 ? then.first ?? saying.uid : saying.uid
    }

    private func saying(_ id: UUID?) -> Saying? { withdrawn.first { $0.submission.id == id } }

    private mutating func takeFacts() {
        var kept: [Telling] = []
        var gone: [Telling] = []
        for telling in side.tellings {
            guard telling.submissionID.map({ saying($0) != nil }) == true else {
                kept.append(telling)
                continue
            }
            gone.append(telling)
            guard telling.id == telling.origin.uuid else {
                removedTellings.append(telling)
                continue
            }
            // What was told first of somebody is kept, even if it is nothing.
            var blank = telling
            blank.told = [:]
            kept.append(blank)
            if telling.told != [:] { changedTellings.append(blank) }
        }
        fields = Set(gone.flatMap(\.told.keys))
        for telling in gone.sorted(by: { $0.toldAt < $1.toldAt }) {
            for (field, value) in telling.told {
                // Of consent another may have said a part.
                for part in ConsentSaying.parts(of: field) { moveFact(part, value, of: telling, &kept) }
            }
        }
        side.tellings = kept
    }

    /// Whoever said the same later said nothing new then: now they are its source.
    private mutating func moveFact(_ field: String, _ value: String, of telling: Telling, _ kept: inout [Telling]) {
        let same = others.filter { $0.submission.receivedAt > telling.toldAt && $0.says(field) == value }
        guard let other = same.min(by: { $0.submission.receivedAt < $1.submission.receivedAt }) else { return }
        let id = other.submission.id
        if let place = kept.firstIndex(where: { $0.submissionID == id }) {
            guard kept[place].told[field] == nil else { return }
            kept[place].told[field] = value
            changedTellings.removeAll { ($0.origin, $0.id) == (kept[place].origin, kept[place].id) }
            changedTellings.append(kept[place])
            return
        }
        var moved = Telling(
            origin: telling.origin,
            id: id,
            source: .submission,
            submissionID: id,
            actor: other.actor,
            told: [field: value],
            toldAt: other.submission.receivedAt
        )
        moved.words = other.enquiry?.consent?.words
        kept.append(moved)
        changedTellings.append(moved)
    }

    private mutating func takeIdentifiers(_ elsewhere: NamedIdentifiers, _ since: [PersonIdentifier: Date]) {
        let named = withdrawn.reduce(into: [PersonIdentifier: Date]()) { named, saying in
            for identifier in saying.enquiry?.identifiers ?? [] {
                named[identifier] = min(named[identifier] ?? .distantFuture, saying.submission.receivedAt)
            }
        }
        // Whoever the file itself has brought is still found by what it named them by, behind the lead that was given up.
        let born = Set(
            side.tellings.filter { $0.id == $0.origin.uuid && $0.submissionID.map { saying($0) != nil } == true }
                .map(\.origin)
        )
        removedIdentifiers = side.identifiers.filter { held in
            guard let at = named[held.identifier], let since = since[held.identifier], since >= at else { return false }
            return !born.contains(held.origin) && !elsewhere.contain(held.identifier)
        }
        side.identifiers.removeAll(where: removedIdentifiers.contains)
    }
}

/// By what people are named in what stays said.
struct NamedIdentifiers: Sendable {
    private let read: Set<PersonIdentifier>
    /// What cannot be read any more.
    private let texts: [String]

    init(_ sayings: [Saying]) {
        let staying = sayings.filter { !$0.isWithdrawn }
        read = Set(staying.flatMap { $0.enquiry?.identifiers ?? [] })
        texts = staying.filter { $0.enquiry == nil }.map { String(decoding: $0.submission.body, as: UTF8.self) }
    }

    /// Whether one is among them; of what cannot be read any more, whether it stands in the bytes.
    func contain(_ identifier: PersonIdentifier) -> Bool {
        guard !read.contains(identifier) else { return true }
        let redaction = Redaction(Forgotten(uids: [], contacts: [identifier.value], names: []))
        return texts.contains(where: redaction.betrays)
    }
}

extension Saying {
    /// The value of a field of a person that it tells.
    fileprivate func says(_ field: String) -> String? {
        guard let enquiry else { return nil }
        if let scope = ConsentSaying.scope(field)?.scope {
            guard let said = enquiry.consent?.scopes else { return nil }
            return said.allowed.isSuperset(of: scope) ? "yes" : said.refused.isSuperset(of: scope) ? "no" : nil
        }
        switch ProfileField(rawValue: field) {
        case .name: return enquiry.name
        case .language: return enquiry.language
        default: return nil
        }
    }
}
