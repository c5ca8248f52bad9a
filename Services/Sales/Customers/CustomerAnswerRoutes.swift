import Contracts
import Foundation
import Web

/// A customer, for programs.
///
/// Numbers and addresses are masked for whoever is not responsible.
struct CustomerAnswer: Encodable, Sendable {
    let uid: UID
    let name: String?
    let phones: [String]
    let emails: [String]
    let language: String?
    let need: Need?
    let leadId: LeadID?
    let channel: String?
    let grade: String?
    let gradeWhy: Contracts.Why?
    let ownerId: StaffID?
    let ownerWhy: Contracts.Why?
    let teamId: TeamID?
    let stage: String
    let touches: Int
    let lastContactAt: Date?
    let nextAction: String?
    let nextAt: Date?
    let dueAt: Date?
    let firstSeenAt: Date

    init(_ customer: Customer, for access: Access, _ viewer: Viewer) {
        let isMasked = !access.isResponsible(for: customer)
        uid = customer.uid
        name = customer.card.name
        phones = customer.card.phones.map { isMasked ? viewer.phone($0, masked: true) : $0 }
        emails = customer.card.emails.map { viewer.email($0, masked: isMasked) }
        language = customer.card.language
        need = customer.need
        leadId = customer.leadID
        channel = customer.channel
        grade = customer.grade
        gradeWhy = customer.gradeWhy
        ownerId = customer.ownerID
        ownerWhy = customer.ownerWhy
        teamId = customer.teamID
        stage = customer.stage.rawValue
        touches = customer.touches
        lastContactAt = customer.lastContactAt
        nextAction = customer.nextAction
        nextAt = customer.nextAt
        dueAt = customer.dueAt
        firstSeenAt = customer.firstSeenAt
    }
}
