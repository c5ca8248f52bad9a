import Contracts
import Failures
import Foundation

/// A flat or house that is sold.
struct Unit: Sendable, Equatable {
    /// Whether it can be had.
    enum State: String, Sendable, CaseIterable {
        case free
        case held
        case signed
    }

    let id: UnitID
    let key: String
    /// The project's key: `river-park`.
    let project: String
    let building: String
    /// Building and number as people say it: 3-1201.
    let number: String
    let floor: Int
    let layout: String
    /// Square metres.
    let area: Double
    let facing: String?
    let price: Money
    let state: State
}

/// Keeps a unit from being sold to others for a while.
struct UnitHold: Sendable, Equatable {
    /// Why it ended.
    enum End: String, Sendable {
        case expired
        case released
        case dealLost = "deal-lost"
        case signed
    }

    let id: UUID
    let unitID: UnitID
    let dealID: DealID
    let uid: UID
    let staffID: StaffID
    let heldAt: Date
    let expiresAt: Date

    /// The durable timer that ends a hold; its key is the unit's id.
    static let timer = "sales.unit-hold"
    /// How long a hold lasts where nothing is said: two days.
    static let usualMinutes = 48 * 60
    static let mostMinutes = 14 * 24 * 60

    /// - Throws: a ``Rejection`` for a length that is none.
    static func expiry(minutes: Int, from now: Date) throws -> Date {
        guard (1...mostMinutes).contains(minutes) else {
            throw Rejection.invalid("minutes", "minutes-out-of-range", "A hold lasts from 1 minute to 14 days.")
        }
        return now.addingTimeInterval(Double(minutes) * 60)
    }

    func held(_ unit: Unit) -> UnitHeld {
        UnitHeld(
            unitID: unitID,
            project: unit.project,
            number: unit.number,
            dealID: dealID,
            uid: uid,
            staffID: staffID,
            expiresAt: expiresAt
        )
    }

    func released(_ unit: Unit, _ end: End) -> UnitReleased {
        UnitReleased(
            unitID: unitID,
            project: unit.project,
            number: unit.number,
            dealID: dealID,
            uid: uid,
            staffID: staffID,
            reason: end.rawValue
        )
    }
}
