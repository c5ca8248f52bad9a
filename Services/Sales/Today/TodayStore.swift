import Contracts
import Foundation
import Postgres

/// What somebody's day is made of, from the tables of customers, deals and units.
struct TodayStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func day(for access: Access, now: Date, until evening: Date, since monthAgo: Date) async throws -> Day {
        let customers = CustomerListStore(tx)
        let deals = DealListStore(tx)
        let due = try await customers.due(before: evening, for: access, limit: 50)
        let tomorrow = now.addingTimeInterval(86_400)
        var holds: [(hold: UnitHold, unit: Unit)] = []
        for hold in try await HoldStore(tx).ending(before: tomorrow, for: access, limit: 20) {
            holds.append((hold, try await UnitStore(tx).unit(hold.unitID)))
        }
        return Day(
            staff: try await StaffStore(tx).staff(access.staffID),
            due: due,
            overdue: try await customers.overdue(for: access, now: now),
            holds: holds,
            forgotten: try await deals.withoutNextAction(for: access, limit: 20),
            open: try await deals.list(stages: Deal.Stage.open, for: access),
            won: try await deals.won(since: monthAgo, for: access),
            names: try await StaffStore(tx).names(Set(due.compactMap(\.ownerID)))
        )
    }
}
