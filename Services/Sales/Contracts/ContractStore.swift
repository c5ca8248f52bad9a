import Contracts
import Failures
import Foundation
import Postgres

/// The table `contracts`.
struct ContractStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func nextNumber() async throws -> Int {
        try await tx.first("SELECT nextval('contract_numbers') AS number") { try $0["number"] } ?? 1
    }

    /// Keeps the contract.
    ///
    /// The constraints have the last word: one per deal, one per unit, one per number.
    func add(_ contract: SaleContract, at now: Date) async throws {
        do {
            try await tx.execute(
                """
                INSERT INTO contracts (id, number, deal_id, uid, unit_id, price_minor, currency, area, staff_id, signed_at,
                                       handover_due_at, recorded_at)
                VALUES (\(contract.id), \(contract.number), \(contract.dealID), \(contract.uid), \(contract.unit.id),
                        \(contract.price.minor), \(contract.price.currency), \(contract.unit.area), \(contract.staffID),
                        \(contract.signedAt), \(contract.handoverDueAt), \(now))
                """
            )
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Self.refusal(of: error.constraint, contract)
        }
    }

    /// The signed contract of a deal.
    func contract(of deal: DealID) async throws -> SaleContract? {
        let row = try await tx.rows(
            """
            SELECT id, number, deal_id, uid, unit_id, price_minor, currency, staff_id, signed_at, handover_due_at
              FROM contracts WHERE deal_id = \(deal)
            """
        ).first
        guard let row else { return nil }
        return SaleContract(
            id: try row["id"],
            number: try row["number"],
            dealID: try row["deal_id"],
            uid: try row["uid"],
            unit: try await UnitStore(tx).unit(row["unit_id"]),
            price: Money(minor: try row["price_minor"], currency: try row["currency"]),
            staffID: try row["staff_id"],
            signedAt: try row["signed_at"],
            handoverDueAt: try row["handover_due_at"]
        )
    }

    private static func refusal(of constraint: String?, _ contract: SaleContract) -> Rejection {
        switch constraint {
        case "contracts_unit": Rejection(.conflict, "unit-signed", "Unit \(contract.unit.number) is sold.")
        case "contracts_deal": Rejection(.conflict, "deal-closed", "The deal has its contract already.")
        default: Rejection(.conflict, "number-taken", "There is a contract of that number.", field: "number")
        }
    }
}
