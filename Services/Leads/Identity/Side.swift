import Contracts
import Foundation

/// An identifier and the UID that it was told of.
struct HeldIdentifier: Sendable, Equatable {
    let identifier: PersonIdentifier
    let origin: UID
}

/// A person with all that a merge moves and an unmerge gives back.
struct Side: Sendable, Equatable {
    let uid: UID
    /// The person and everybody who was merged into them.
    var members: [UID]
    var identifiers: [HeldIdentifier]
    var tellings: [Telling]
    var leads: [PersonLead]

    var winners: [ProfileField: Winner] { FactRules.winners(tellings.flatMap(\.facts)) }

    /// The person as the rules make them of what was told.
    var person: Person {
        let winners = winners
        return Person(
            uid: uid,
            name: winners[.name]?.value,
            language: winners[.language]?.value,
            consents: tellings.consents,
            identifiers: identifiers.map(\.identifier)
        )
    }

    /// Both as one person, who keeps this UID.
    func joined(with other: Side) -> Side {
        Side(
            uid: uid,
            members: (members + other.members).sorted(),
            identifiers: identifiers + other.identifiers,
            tellings: tellings + other.tellings,
            leads: leads + other.leads
        )
    }

    /// What is these members' and what is left: each row goes to the side that it was told of.
    func parted(_ leaving: UID, with members: [UID]) -> (staying: Side, leaving: Side) {
        let theirs = Set(members)
        func part(_ uid: UID, _ isTaken: (UID) -> Bool) -> Side {
            Side(
                uid: uid,
                members: self.members.filter(isTaken),
                identifiers: identifiers.filter { isTaken($0.origin) },
                tellings: tellings.filter { isTaken($0.origin) },
                leads: leads.filter { isTaken($0.origin) }
            )
        }
        return (part(uid) { !theirs.contains($0) }, part(leaving) { theirs.contains($0) })
    }
}

/// What each side had when two were merged: kept with the merge, so that one can see later what an unmerge gives back.
struct MergeSnapshot: Codable, Sendable, Equatable {
    struct Part: Codable, Sendable, Equatable {
        struct Known: Codable, Sendable, Equatable {
            let kind: String
            let value: String
            let origin: UID
        }

        struct Kept: Codable, Sendable, Equatable {
            let id: LeadID
            let status: String
        }

        let members: [UID]
        /// The values that held, by field.
        let fields: [String: String]
        let identifiers: [Known]
        let leads: [Kept]

        init(_ side: Side) {
            members = side.members
            let consents = side.tellings.consents
            let allowed = ConsentSaying(allowed: consents.allowed, refused: consents.refused)
            fields = Dictionary(side.winners.map { ($0.key.rawValue, $0.value.value) }) { first, _ in first }
                .merging(allowed.told) { first, _ in first }
            identifiers = side.identifiers
                .map { Known(kind: $0.identifier.kind.rawValue, value: $0.identifier.value, origin: $0.origin) }
                .sorted { ($0.kind, $0.value) < ($1.kind, $1.value) }
            leads = side.leads.map { Kept(id: $0.id, status: $0.status.rawValue) }.sorted { $0.id < $1.id }
        }
    }

    let survivor: Part
    let merged: Part
}
