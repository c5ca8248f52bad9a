import Contracts
import Failures
import Foundation

/// The signed contract of a unit.
struct SaleContract: Sendable, Equatable {
    let id: SaleContractID
    /// What people call it: `RP-2026-0042`.
    let number: String
    let dealID: DealID
    let uid: UID
    let unit: Unit
    let price: Money
    let staffID: StaffID
    let signedAt: Date
    /// When the unit is promised.
    let handoverDueAt: Date?

    func signed(by customer: PersonCard) -> ContractSigned {
        ContractSigned(
            contractID: id,
            number: number,
            dealID: dealID,
            uid: uid,
            unitID: unit.id,
            project: unit.project,
            unitNumber: unit.number,
            area: unit.area,
            price: price,
            customer: customer,
            staffID: staffID,
            signedAt: signedAt,
            handoverDueAt: handoverDueAt
        )
    }

    func won(_ deal: Deal) -> DealWon {
        DealWon(
            dealID: deal.id,
            uid: deal.uid,
            leadID: deal.leadID,
            ownerID: deal.dealOwnerID,
            contractID: id,
            price: price
        )
    }

    /// `RP-2026-0042`: the project's initials, the year and a count.
    static func number(project: String, signedAt: Date, count: Int) -> String {
        let initials = project.split(separator: "-").compactMap(\.first).map { $0.uppercased() }.joined()
        let year = Calendar(identifier: .gregorian).component(.year, from: signedAt)
        let digits = String(count)
        return "\(initials)-\(year)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// A signed contract as somebody records it.
struct ContractRecord: Sendable, Equatable {
    /// Made up from the project and the year where nothing is said.
    var number: String?
    var price: Money
    /// Now where nothing is said.
    var signedAt: Date?
    var handoverDueAt: Date?
    /// Needed only when the deal holds several units.
    var unitID: UnitID?

    /// - Throws: a ``Rejection`` that names the field.
    func check(now: Date) throws {
        try price.check("price")
        _ = try number?.atMost(64, field: "number")
        if let signedAt, signedAt > now.addingTimeInterval(60) {
            throw Rejection.invalid("signedAt", "in-the-future", "signedAt lies in the future.")
        }
        if let handoverDueAt, handoverDueAt < (signedAt ?? now).addingTimeInterval(-86_400) {
            throw Rejection.invalid("handoverDueAt", "before-signing", "handoverDueAt lies before the signing.")
        }
    }

    /// Which of a deal's holds is signed.
    func chosen(from holds: [UnitHold]) throws -> UnitHold {
        if let unitID {
            guard let hold = holds.first(where: { $0.unitID == unitID }) else {
                throw Rejection(.conflict, "unit-not-held", "The deal does not hold this unit.")
            }
            return hold
        }
        guard let hold = holds.first else {
            throw Rejection(.conflict, "unit-not-held", "The deal holds no unit; hold one first.")
        }
        guard holds.count == 1 else {
            throw Rejection.invalid(
                "unitId",
                "several-units-held",
                "The deal holds several units; say which is signed."
            )
        }
        return hold
    }
}
