import Contracts
import Failures
import Foundation

/// What may become a sale: one customer, one intention.
struct Deal: Sendable, Equatable, Owned {
    let id: DealID
    let uid: UID
    let leadID: LeadID?
    let title: String
    let project: String?
    let unitID: UnitID?
    /// What it may bring: as said, else the price of its unit; once it is won, what the contract says.
    let expected: Money?
    let stage: Stage
    let lostReason: LossReason?
    let lostNote: String?
    let dealOwnerID: StaffID
    let teamID: TeamID?
    /// The service desk has to do with the customer.
    let isWithService: Bool
    let openedAt: Date
    let stageEnteredAt: Date

    var ownerID: StaffID? { dealOwnerID }

    /// Why a deal was lost.
    enum LossReason: String, Sendable, CaseIterable {
        case price
        case school
        case competitor
        case financing
        case noNeed = "no-need"
        case other
    }

    var opened: DealOpened {
        DealOpened(
            dealID: id,
            uid: uid,
            leadID: leadID,
            ownerID: dealOwnerID,
            title: title,
            project: project,
            expected: expected,
            stage: stage.rawValue
        )
    }

    func moved(to next: Stage) -> DealStageChanged {
        DealStageChanged(
            dealID: id,
            uid: uid,
            from: stage.rawValue,
            to: next.rawValue,
            probability: next.probability,
            ownerID: dealOwnerID
        )
    }

    func lost(_ reason: LossReason, note: String?) -> DealLost {
        DealLost(dealID: id, uid: uid, leadID: leadID, ownerID: dealOwnerID, reason: reason.rawValue, note: note)
    }
}
