import Contracts
import Foundation

/// What Sales has said of a deal.
struct DealFact: Sendable, Equatable {
    enum Outcome: String, Sendable {
        case open
        case won
        case lost
    }

    let id: DealID
    /// Whose it is, as it was told.
    let origin: UID
    let leadID: LeadID?
    let project: String?
    let outcome: Outcome
    let contractID: SaleContractID?
    let price: Money?
    let wonAt: Date?
    /// When it was first heard of.
    let notedAt: Date
}

/// One thing that Sales says of a deal; what it does not speak of stays as it is.
struct DealNews: Sendable {
    let id: DealID
    let uid: UID
    var leadID: LeadID?
    var project: String?
    /// Nil where it says nothing of it.
    var outcome: DealFact.Outcome?
    var contractID: SaleContractID?
    var price: Money?
    var wonAt: Date?
    /// Which of the deal's events it is: what is older than what is known says nothing of how it stands.
    var sequence: Int64
}

extension DealNews {
    init(_ deal: DealOpened, sequence: Int64?) {
        self.init(id: deal.dealID, uid: deal.uid, leadID: deal.leadID, project: deal.project, sequence: sequence ?? 0)
        outcome = .open
    }

    init(_ deal: DealStageChanged, sequence: Int64?) {
        self.init(id: deal.dealID, uid: deal.uid, outcome: .open, sequence: sequence ?? 0)
    }

    init(_ deal: DealWon, at time: Date, sequence: Int64?) {
        self.init(
            id: deal.dealID,
            uid: deal.uid,
            leadID: deal.leadID,
            outcome: .won,
            contractID: deal.contractID,
            price: deal.price,
            wonAt: time,
            sequence: sequence ?? 0
        )
    }

    init(_ deal: DealLost, sequence: Int64?) {
        self.init(id: deal.dealID, uid: deal.uid, leadID: deal.leadID, outcome: .lost, sequence: sequence ?? 0)
    }

    /// A contract counts its own events, so it says nothing of how the deal stands.
    init(_ contract: ContractSigned) {
        self.init(
            id: contract.dealID,
            uid: contract.uid,
            project: contract.project,
            contractID: contract.contractID,
            sequence: -1
        )
    }
}
