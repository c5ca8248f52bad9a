import Contracts
import Web

/// A customer as Notify knows them.
struct Customer: Sendable, Equatable {
    let uid: UID
    var name: String?
    /// E.164.
    var phone: String?
    var email: String?
    var language: Language
    var consent: Consent
    /// What the consent goes by, the survivor's first.
    var grounds: [ConsentGround] = []
    /// What they have stopped.
    var optedOut: ConsentScope = []
    /// Who looks after them.
    var ownerID: StaffID?
    /// What they asked for or bought in last.
    var project: String?
}

/// A member of staff as Notify knows them.
struct StaffMember: Sendable, Equatable {
    let id: StaffID
    let name: String
    let email: String
    let phone: String?
    let managerID: StaffID?
    let language: Language
    let isActive: Bool
}

extension Language {
    /// The language of whom we write to; Chinese where nobody has said.
    init(ofRecipient tag: String?) { self = tag.flatMap { Language(tag: $0) } ?? .chinese }
}
