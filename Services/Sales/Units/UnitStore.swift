import Contracts
import Failures
import Foundation
import Postgres

/// The tables `units` and `projects`.
struct UnitStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func unit(_ id: UnitID) async throws -> Unit {
        guard let unit = try await tx.first(Self.columns + " WHERE id = \(id)", as: Self.unit) else {
            throw Rejection.notFound("unit", id)
        }
        return unit
    }

    /// The unit, locked: its state is what is decided upon.
    func locked(_ id: UnitID) async throws -> Unit {
        guard let unit = try await tx.first(Self.columns + " WHERE id = \(id) FOR UPDATE", as: Self.unit) else {
            throw Rejection.notFound("unit", id)
        }
        return unit
    }

    /// Units by id, locked in the order of their ids; those that there are not are missing.
    func locked(_ ids: [UnitID]) async throws -> [UnitID: Unit] {
        let units = try await tx.all(
            Self.columns + " WHERE id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY id FOR UPDATE",
            as: Self.unit
        )
        return Dictionary(uniqueKeysWithValues: units.map { ($0.id, $0) })
    }

    /// The units of a project, or of all, in one state or in any, by number; `after` is the last number of the page before.
    func list(
        project: String? = nil,
        building: String? = nil,
        state: Unit.State? = nil,
        search: String? = nil,
        after: (number: String, id: UUID)? = nil,
        limit: Int = 1_000
    ) async throws -> [Unit] {
        var condition: SQL = "true"
        if let project { condition = condition + " AND project = \(project)" }
        if let building { condition = condition + " AND building = \(building)" }
        if let state { condition = condition + " AND state = \(state.rawValue)" }
        if let search { condition = condition + " AND strpos(lower(number), \(search.lowercased())) > 0" }
        if let after { condition = condition + " AND (number, id) > (\(after.number), \(after.id))" }
        return try await tx.all(
            Self.columns + " WHERE \(condition) ORDER BY number, id LIMIT \(limit)",
            as: Self.unit
        )
    }

    func set(_ state: Unit.State, _ id: UnitID) async throws { try await set(state, [id]) }

    func set(_ state: Unit.State, _ ids: [UnitID]) async throws {
        try await tx.execute("UPDATE units SET state = \(state.rawValue) WHERE id = ANY(\(ids.map(\.uuid))::uuid[])")
    }

    private static let columns: SQL = """
        SELECT id, key, project, building, number, floor, layout, area, facing, price_minor, currency, state FROM units
        """

    private static func unit(_ row: Row) throws -> Unit {
        Unit(
            id: try row["id"],
            key: try row["key"],
            project: try row["project"],
            building: try row["building"],
            number: try row["number"],
            floor: Int(try row["floor"] as Int32),
            layout: try row["layout"],
            area: try row["area"],
            facing: try row["facing"],
            price: Money(minor: try row["price_minor"], currency: try row["currency"]),
            state: Unit.State(rawValue: try row["state"]) ?? .signed
        )
    }
}
