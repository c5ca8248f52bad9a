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
        try await end([Ending(hold, on: unit, .released, work.cause)], work)
        return try await UnitStore(work.tx).unit(id)
    }

    /// The timers of holds fired.
    ///
    /// They may come late, or after a hold was renewed by another.
    func expire(_ timers: [DueTimer], _ work: Work) async throws {
        let due = timers.compactMap { timer in UnitID(timer.key).map { (unit: $0, cause: timer.cause) } }
        let units = try await UnitStore(work.tx).locked(due.map(\.unit))
        let holds = try await HoldStore(work.tx).live(on: due.map(\.unit))
        var endings: [Ending] = []
        var renewed: [TimerDraft] = []
        for (id, cause) in due {
            guard let unit = units[id] else { throw Rejection.notFound("unit", id) }
            guard let hold = holds[id] else { continue }
            if hold.expiresAt <= work.now {
                endings.append(Ending(hold, on: unit, .expired, cause))
            } else {
                renewed.append(try TimerDraft(UnitHold.timer, key: id, at: hold.expiresAt, cause: cause))
            }
        }
        try await work.timers.set(renewed)
        try await end(endings, work)
    }

    /// Whatever a deal holds is free again, but for one unit that it keeps.
    func ofDeal(_ id: DealID, because reason: UnitHold.End, except kept: UnitID? = nil, _ work: Work) async throws {
        for hold in try await HoldStore(work.tx).live(of: id) where hold.unitID != kept {
            let unit = try await UnitStore(work.tx).locked(hold.unitID)
            try await end([Ending(hold, on: unit, reason, work.cause)], work)
        }
    }

    /// A hold that ends, why, and what makes it end.
    private struct Ending {
        let hold: UnitHold
        let unit: Unit
        let reason: UnitHold.End
        let cause: Cause

        init(_ hold: UnitHold, on unit: Unit, _ reason: UnitHold.End, _ cause: Cause) {
            (self.hold, self.unit, self.reason, self.cause) = (hold, unit, reason, cause)
        }
    }

    private func end(_ endings: [Ending], _ work: Work) async throws {
        guard !endings.isEmpty else { return }
        let units = endings.map(\.unit.id)
        try await HoldStore(work.tx).end(endings.map { ($0.hold.id, $0.reason) }, at: work.now)
        try await UnitStore(work.tx).set(.free, units)
        try await work.timers.cancel(UnitHold.timer, keys: units)
        try await work.publish(
            endings.map {
                Draft($0.hold.released($0.unit, $0.reason), about: $0.unit.id, uid: $0.hold.uid, cause: $0.cause)
            }
        )
    }
}
