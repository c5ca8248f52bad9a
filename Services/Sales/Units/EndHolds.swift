import Contracts
import Failures
import Messaging

/// Ends holds: given back, run out, or no longer needed.
struct EndHolds: Sendable {
    /// Somebody who may act on the deal gives the unit back.
    func release(_ id: UnitID, by access: Access, _ work: Work) async throws -> Unit {
        guard let hold = try await HoldStore(work.tx).live(on: id) else {
            throw Rejection(.conflict, "unit-not-held", "The unit is not held.")
        }
        _ = try await DealStore(work.tx).locked(hold.dealID, for: access)
        let unit = try await UnitStore(work.tx).locked(id)
        guard let stillHeld = try await HoldStore(work.tx).live(on: id), stillHeld.id == hold.id else {
            throw Rejection(.conflict, "unit-not-held", "The hold has ended meanwhile.")
        }
        try await end(hold, on: unit, .released, work)
        return try await UnitStore(work.tx).unit(id)
    }

    /// The timer of a hold fired.
    ///
    /// It may come late, or after the hold was renewed by another.
    func expire(_ id: UnitID, _ work: Work) async throws {
        let unit = try await UnitStore(work.tx).locked(id)
        guard let hold = try await HoldStore(work.tx).live(on: id) else { return }
        guard hold.expiresAt <= work.now else {
            try await work.timers.set(UnitHold.timer, key: id, at: hold.expiresAt, cause: work.cause)
            return
        }
        try await end(hold, on: unit, .expired, work)
    }

    /// Whatever a deal holds is free again, but for one unit that it keeps.
    func ofDeal(_ id: DealID, because reason: UnitHold.End, except kept: UnitID? = nil, _ work: Work) async throws {
        for hold in try await HoldStore(work.tx).live(of: id) where hold.unitID != kept {
            let unit = try await UnitStore(work.tx).locked(hold.unitID)
            try await end(hold, on: unit, reason, work)
        }
    }

    private func end(_ hold: UnitHold, on unit: Unit, _ reason: UnitHold.End, _ work: Work) async throws {
        try await HoldStore(work.tx).end(hold, reason, at: work.now)
        try await UnitStore(work.tx).set(.free, unit.id)
        try await work.timers.cancel(UnitHold.timer, key: unit.id)
        try await work.publish(hold.released(unit, reason), about: unit.id, uid: hold.uid)
    }
}
