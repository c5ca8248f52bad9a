import Contracts
import Foundation
import Postgres

/// The table `unit_holds`.
struct HoldStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Takes the unit; false when somebody has it.
    ///
    /// The unique index decides, whatever the race.
    func take(_ hold: UnitHold) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO unit_holds (id, unit_id, deal_id, uid, staff_id, held_at, expires_at)
            VALUES (\(hold.id), \(hold.unitID), \(hold.dealID), \(hold.uid), \(hold.staffID), \(hold.heldAt),
                    \(hold.expiresAt))
            ON CONFLICT (unit_id) WHERE ended_at IS NULL DO NOTHING
            """
        ) > 0
    }

    /// The live hold on a unit.
    func live(on unit: UnitID) async throws -> UnitHold? {
        try await tx.first(Self.columns + " WHERE unit_id = \(unit) AND ended_at IS NULL", as: Self.hold)
    }

    /// The live holds of some units, by unit.
    func live(on units: [UnitID]) async throws -> [UnitID: UnitHold] {
        let holds = try await tx.all(
            Self.columns + " WHERE unit_id = ANY(\(units.map(\.uuid))::uuid[]) AND ended_at IS NULL",
            as: Self.hold
        )
        return Dictionary(holds.map { ($0.unitID, $0) }) { first, _ in first }
    }

    /// What a deal holds, the latest first.
    func live(of deal: DealID) async throws -> [UnitHold] {
        try await tx.all(
            Self.columns + " WHERE deal_id = \(deal) AND ended_at IS NULL ORDER BY held_at DESC, id",
            as: Self.hold
        )
    }

    /// The holds on deals that `access` sees which end before an instant, the soonest first.
    func ending(before instant: Date, for access: Access, limit: Int = 50) async throws -> [UnitHold] {
        try await tx.all(
            Self.columns
                + """
                 WHERE ended_at IS NULL AND expires_at < \(instant)
                   AND deal_id IN (SELECT id FROM deals WHERE \(access.deals))
                 ORDER BY expires_at LIMIT \(limit)
                """,
            as: Self.hold
        )
    }

    /// Who has these units, by hold, as far as `access` may know: of colleagues of the team and of deals that are seen.
    func holders(of holds: [UnitHold], knownTo access: Access) async throws -> [UUID: String] {
        guard !holds.isEmpty else { return [:] }
        let pairs = try await tx.all(
            """
            SELECT h.id, s.name
              FROM unit_holds h JOIN staff s ON s.id = h.staff_id
             WHERE h.id = ANY(\(holds.map(\.id))::uuid[])
               AND (s.team_id = \(access.teamID) OR h.deal_id IN (SELECT id FROM deals WHERE \(access.deals)))
            """
        ) { (id: try $0["id"] as UUID, name: try $0["name"] as String) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.id, $0.name) })
    }

    func end(_ hold: UnitHold, _ reason: UnitHold.End, at now: Date) async throws {
        try await end([(hold.id, reason)], at: now)
    }

    func end(_ holds: [(id: UUID, reason: UnitHold.End)], at now: Date) async throws {
        try await tx.execute(
            """
            UPDATE unit_holds h
               SET ended_at = \(now), end_reason = e.reason
              FROM unnest(\(holds.map(\.id))::uuid[], \(holds.map(\.reason.rawValue))::text[]) AS e (id, reason)
             WHERE h.id = e.id
            """
        )
    }

    private static let columns: SQL = """
        SELECT id, unit_id, deal_id, uid, staff_id, held_at, expires_at FROM unit_holds
        """

    private static func hold(_ row: Row) throws -> UnitHold {
        UnitHold(
            id: try row["id"],
            unitID: try row["unit_id"],
            dealID: try row["deal_id"],
            uid: try row["uid"],
            staffID: try row["staff_id"],
            heldAt: try row["held_at"],
            expiresAt: try row["expires_at"]
        )
    }
}
