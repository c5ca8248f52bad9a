import Contracts
import Messaging

/// Prepares the hand-over of a unit whose contract was signed.
struct OpenHandover: Sendable {
    /// A contract that is told of twice, even under two message ids, opens one hand-over.
    func callAsFunction(_ contract: ContractSigned, _ work: Work) async throws {
        let customers = CustomerStore(work.tx)
        try await meet(contract, work)
        try await customers.notePurchase(contract.contractID, by: contract.uid, price: contract.price)
        let new = Handover(from: contract, at: work.now)
        guard try await HandoverStore(work.tx).open(new) else { return }
        try await work.publish(
            HandoverOpened(
                handoverID: new.id,
                uid: new.uid,
                contractID: new.contractID,
                project: new.project,
                unitNumber: new.unitNumber,
                dueAt: new.dueAt
            ),
            about: new.id,
            uid: new.uid
        )
    }

    /// A deal that was won counts for the customer's tier, even if the contract itself has not been heard of yet.
    func purchase(_ deal: DealWon, _ work: Work) async throws {
        try await meet(deal, work)
        try await CustomerStore(work.tx).notePurchase(deal.contractID, by: deal.uid, price: deal.price)
    }

    /// Somebody whom a contract names is a customer.
    func meet(_ contract: ContractSigned, _ work: Work) async throws {
        try await CustomerStore(work.tx).meet(contract.uid, contract.customer, agent: contract.staffID)
    }

    /// Somebody who has bought is one, even if nobody has named them yet.
    func meet(_ deal: DealWon, _ work: Work) async throws {
        try await CustomerStore(work.tx).meet(deal.uid, PersonCard(), agent: deal.ownerID)
    }
}
