import Contracts
import Failures
import Foundation
import Messaging

/// Holds a unit for a deal until an instant.
///
/// Nobody else can hold or sign it meanwhile.
struct HoldUnit: Sendable {
    /// How long a hold lasts where nothing is said.
    var usualMinutes = UnitHold.usualMinutes

    func callAsFunction(
        _ id: UnitID,
        for dealID: DealID,
        minutes: Int?,
        by access: Access,
        _ work: Work
    ) async throws -> UnitHold {
        let deal = try await DealStore(work.tx).locked(dealID, for: access)
        guard deal.stage.isOpen else {
            throw Rejection(.conflict, "deal-closed", "The deal is \(deal.stage.rawValue); it holds nothing any more.")
        }
        let unit = try await UnitStore(work.tx).locked(id)
        guard unit.state != .signed else {
            throw Rejection(.conflict, "unit-signed", "Unit \(unit.number) is sold.")
        }
        let hold = UnitHold(
            id: .v7(),
            unitID: id,
            dealID: dealID,
            uid: deal.uid,
            staffID: access.staffID,
            heldAt: work.now,
            expiresAt: try UnitHold.expiry(minutes: minutes ?? usualMinutes, from: work.now)
        )
        guard try await HoldStore(work.tx).take(hold) else { throw try await taken(unit, access, work) }
        try await UnitStore(work.tx).set(.held, id)
        try await DealStore(work.tx).choose(id, for: dealID)
        try await work.timers.set(UnitHold.timer, key: id, at: hold.expiresAt, cause: work.cause)
        try await work.publish(hold.held(unit), about: id, uid: deal.uid)
        return hold
    }

    /// Says until when somebody has the unit, and who it is: by name to a colleague of the team and to whoever sees the
    /// deal, else only that it is another team.
    private func taken(_ unit: Unit, _ access: Access, _ work: Work) async throws -> Rejection {
        guard let other = try await HoldStore(work.tx).live(on: unit.id) else {
            return Rejection(.conflict, "unit-held", "Unit \(unit.number) is held.")
        }
        let known = try await HoldStore(work.tx).holders(of: [other], knownTo: access)
        let holder = known[other.id] ?? "another team"
        let until = Wire.text(of: other.expiresAt)
        return Rejection(.conflict, "unit-held", "Unit \(unit.number) is held by \(holder) until \(until).")
    }
}
