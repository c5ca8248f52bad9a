import Contracts
import Foundation
import Postgres
import Web

/// A lead as the API lists it.
struct LeadAnswer: Encodable, Sendable {
    let id: LeadID
    let uid: UID
    let status: String
    let grade: String
    /// How probable it is that its deal is won; missing while nothing is said of it.
    let percent: Int?
    let name: String?
    /// Masked for whoever is not responsible for the person.
    let phone: String?
    let channel: String
    let campaign: String?
    let project: String?
    let ownerId: StaffID?
    let ownerName: String?
    let teamId: TeamID?
    let pool: String?
    let touches: Int
    let receivedAt: Date
    let firstResponseDueAt: Date?
    let responseStep: String
    let contactedAt: Date?
    /// When somebody is to call next; missing while nothing is to follow.
    let nextAt: Date?
    let nextNote: String?
    /// Sales has a deal with the person that has not come to an end.
    let hasDeal: Bool

    init(_ view: LeadView, for principal: Principal, _ viewer: Viewer) {
        let lead = view.lead
        id = lead.id
        uid = lead.uid
        status = lead.status.rawValue
        grade = lead.grade.rawValue
        percent = view.percent
        name = view.personName
        phone = view.phone.map {
            principal.leadSight.isResponsible(for: view.belonging) ? $0 : viewer.phone($0, masked: true)
        }
        channel = lead.channel
        campaign = view.campaign
        project = lead.project
        ownerId = lead.ownerID
        ownerName = view.ownerName
        teamId = lead.teamID
        pool = lead.pool
        touches = lead.touches
        receivedAt = lead.receivedAt
        firstResponseDueAt = lead.status == .open ? lead.responseDueAt : nil
        responseStep = lead.step.rawValue
        contactedAt = lead.contactedAt
        nextAt = view.isFollowed ? view.nextAt : nil
        nextNote = view.isFollowed ? view.nextNote : nil
        hasDeal = view.hasDeal
    }
}

/// A lead with its decisions and its story.
struct LeadDetailAnswer: Encodable, Sendable {
    struct Whys: Encodable, Sendable {
        let grade: Contracts.Why
        let owner: Contracts.Why
    }

    struct Event: Encodable, Sendable {
        let id: String
        let type: String
        let actor: String
        let at: Date
    }

    let lead: LeadAnswer
    let why: Whys
    let message: String?
    let need: Need?
    /// Who of ours has last said what is wanted; missing where an enquiry has.
    let needSetBy: StaffID?
    let needSetAt: Date?
    let dealId: DealID?
    let dealStage: String?
    let dealOutcome: String?
    let discardReason: String?
    let submissions: [ReceiptAnswer]
    let history: [Event]

    private enum CodingKeys: String, CodingKey {
        case why, gradeWhy, ownerWhy, message, need, needSetBy, needSetAt, dealId, dealStage, dealOutcome,
            discardReason, submissions, history
    }

    func encode(to encoder: any Encoder) throws {
        try lead.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(why, forKey: .why)
        try container.encode(why.grade, forKey: .gradeWhy)
        try container.encode(why.owner, forKey: .ownerWhy)
        try container.encodeIfPresent(message, forKey: .message)
        try container.encodeIfPresent(need, forKey: .need)
        try container.encodeIfPresent(needSetBy, forKey: .needSetBy)
        try container.encodeIfPresent(needSetAt, forKey: .needSetAt)
        try container.encodeIfPresent(dealId, forKey: .dealId)
        try container.encodeIfPresent(dealStage, forKey: .dealStage)
        try container.encodeIfPresent(dealOutcome, forKey: .dealOutcome)
        try container.encodeIfPresent(discardReason, forKey: .discardReason)
        try container.encode(submissions, forKey: .submissions)
        try container.encode(history, forKey: .history)
    }
}
