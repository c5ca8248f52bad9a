import Contracts
import Failures
import Postgres

extension DealRoutes {
    /// Everything that a deal's page shows, from one transaction.
    static func record(_ id: DealID, _ access: Access, _ tx: Transaction) async throws -> DealRecord {
        let deal = try await DealStore(tx).seen(id, by: access)
        guard let customer = try await CustomerStore(tx).customer(deal.uid) else {
            throw Rejection.notFound("customer", deal.uid)
        }
        let units = UnitStore(tx)
        var holds: [(hold: UnitHold, unit: Unit)] = []
        for hold in try await HoldStore(tx).live(of: id) { holds.append((hold, try await units.unit(hold.unitID))) }
        return DealRecord(
            deal: deal,
            customer: customer,
            owner: try await StaffStore(tx).names([deal.dealOwnerID])[deal.dealOwnerID],
            history: try await DealListStore(tx).history(id),
            holds: holds,
            free: deal.stage.isOpen ? try await units.list(project: deal.project, state: .free, limit: 300) : [],
            contract: try await ContractStore(tx).contract(of: id)
        )
    }
}
