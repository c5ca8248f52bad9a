import Contracts
import Foundation

/// Something that says who a person is: the same value is the same person.
struct PersonIdentifier: Sendable, Hashable, Comparable {
    enum Kind: String, Sendable {
        case phone
        case email
        case wechat
        /// An identity document: the value is a keyed digest of its number.
        case document
    }

    let kind: Kind
    let value: String

    static func < (left: PersonIdentifier, right: PersonIdentifier) -> Bool {
        (left.kind.rawValue, left.value) < (right.kind.rawValue, right.value)
    }
}

/// A person as we know them.
struct Person: Sendable, Equatable {
    let uid: UID
    var name: String?
    var language: String?
    var consents = Consents()
    /// In the order in which they became known.
    var identifiers: [PersonIdentifier] = []

    /// What they allow, as other services hear of it.
    var consent: Consent { consents.consent }

    var card: PersonCard {
        PersonCard(
            name: name,
            phones: identifiers.filter { $0.kind == .phone }.map(\.value),
            emails: identifiers.filter { $0.kind == .email }.map(\.value),
            wechat: identifiers.first { $0.kind == .wechat }?.value,
            language: language
        )
    }

    /// The same person without some identifiers.
    func without(_ some: Set<PersonIdentifier>) -> Person {
        var person = self
        person.identifiers.removeAll(where: some.contains)
        return person
    }

    /// What is known after one more enquiry.
    ///
    /// A name once known is kept, since a channel's form is easily filled in badly
    /// and an agent has perhaps corrected it.
    /// What is `foreign` is named in it, but somebody else's.
    func learning(from enquiry: Enquiry, foreign: [PersonIdentifier] = []) -> Person {
        var person = self
        person.name = name ?? enquiry.name
        person.language = language ?? enquiry.language
        for identifier in enquiry.identifiers where !identifiers.contains(identifier) && !foreign.contains(identifier) {
            person.identifiers.append(identifier)
        }
        return person
    }
}
