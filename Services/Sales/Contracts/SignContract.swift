import Contracts
import Failures
import Messaging

/// Records a signed contract: the deal is won, the unit is sold, its hold has done its work.
struct SignContract: Sendable {
    func callAsFunction(
        _ record: ContractRecord,
        for id: DealID,
        by access: Access,
        _ work: Work
    ) async throws -> SaleContract {
        try record.check(now: work.now)
        let deal = try await DealStore(work.tx).locked(id, for: access)
        guard deal.stage.isOpen else {
            throw Rejection(.conflict, "deal-closed", "The deal is \(deal.stage.rawValue) already.")
        }
        let hold = try record.chosen(from: try await HoldStore(work.tx).live(of: id))
        let unit = try await UnitStore(work.tx).locked(hold.unitID)
        let contract = try await contract(record, deal, unit, by: access, work)
        try await ContractStore(work.tx).add(contract, at: work.now)
        try await settle(deal, contract, hold, work)
        try await tell(contract, deal, work)
        return contract
    }

    private func contract(
        _ record: ContractRecord,
        _ deal: Deal,
        _ unit: Unit,
        by access: Access,
        _ work: Work
    ) async throws -> SaleContract {
        let signedAt = (record.signedAt ?? work.now).toMilliseconds
        var number = record.number?.nonEmpty
        if number == nil {
            let count = try await ContractStore(work.tx).nextNumber()
            number = SaleContract.number(project: unit.project, signedAt: signedAt, count: count)
        }
        return SaleContract(
            id: .new(),
            number: number ?? "",
            dealID: deal.id,
            uid: deal.uid,
            unit: unit,
            price: record.price,
            staffID: access.staffID,
            signedAt: signedAt,
            handoverDueAt: record.handoverDueAt?.toMilliseconds
        )
    }

    private func settle(
        _ deal: Deal,
        _ contract: SaleContract,
        _ hold: UnitHold,
        _ work: Work
    ) async throws {
        try await HoldStore(work.tx).end(hold, .signed, at: work.now)
        try await UnitStore(work.tx).set(.signed, hold.unitID)
        try await work.timers.cancel(UnitHold.timer, key: hold.unitID)
        try await EndHolds().ofDeal(deal.id, because: .released, except: hold.unitID, work)
        try await DealStore(work.tx).choose(hold.unitID, for: deal.id)
        try await DealStore(work.tx).settle(contract.price, for: deal.id)
        try await DealStore(work.tx).move(deal, to: .won, at: work.now, by: work.cause.actor)
        try await CustomerStore(work.tx).reached(.won, deal.uid, at: work.now)
    }

    private func tell(_ contract: SaleContract, _ deal: Deal, _ work: Work) async throws {
        let customer = try await CustomerStore(work.tx).customer(deal.uid)
        let card = customer?.card ?? PersonCard()
        try await work.publish(contract.signed(by: card), about: contract.id, uid: deal.uid)
        try await work.publish(contract.won(deal), about: deal.id, uid: deal.uid)
    }
}
