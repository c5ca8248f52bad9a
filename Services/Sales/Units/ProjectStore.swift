import Contracts
import Foundation
import Postgres

/// A project with its buildings, as pages show them.
struct Project: Sendable, Equatable {
    struct Building: Sendable, Equatable {
        let key: String
        let name: String
        let floors: Int
    }

    let key: String
    let nameEN: String
    let nameZH: String
    let district: String
    var buildings: [Building] = []
}

/// The tables `projects` and `buildings`, and the first filling of `units`.
struct ProjectStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// All projects in their order, with their buildings.
    func projects() async throws -> [Project] {
        var projects = try await tx.all("SELECT key, name_en, name_zh, district FROM projects ORDER BY position, key") {
            Project(
                key: try $0["key"],
                nameEN: try $0["name_en"],
                nameZH: try $0["name_zh"],
                district: try $0["district"]
            )
        }
        let buildings = try await tx.all(
            "SELECT project, key, name, floors FROM buildings ORDER BY project, position, key"
        ) { row in
            let floors: Int32 = try row["floors"]
            return (
                try row["project"] as String,
                Project.Building(key: try row["key"], name: try row["name"], floors: Int(floors))
            )
        }
        for index in projects.indices {
            projects[index].buildings = buildings.filter { $0.0 == projects[index].key }.map(\.1)
        }
        return projects
    }

    func upsert(_ project: ProjectSeed.Project, position: Int) async throws {
        try await tx.execute(
            """
            INSERT INTO projects (key, name_en, name_zh, city, district, position)
            VALUES (\(project.key), \(project.name.en), \(project.name.zh), \(project.city), \(project.district),
                    \(position))
            ON CONFLICT (key) DO UPDATE
               SET name_en = EXCLUDED.name_en, name_zh = EXCLUDED.name_zh, city = EXCLUDED.city,
                   district = EXCLUDED.district, position = EXCLUDED.position
            """
        )
        for (place, building) in project.buildings.enumerated() {
            try await tx.execute(
                """
                INSERT INTO buildings (key, project, name, floors, position)
                VALUES (\(building.key), \(project.key), \(building.name), \(building.floors), \(place))
                ON CONFLICT (key) DO UPDATE
                   SET name = EXCLUDED.name, floors = EXCLUDED.floors, position = EXCLUDED.position
                """
            )
            try await upsert(building.units, in: building, of: project)
        }
    }

    /// Writes what does not change by selling: the state of a unit is never touched, nor the price of one that is sold.
    private func upsert(
        _ units: [ProjectSeed.Flat],
        in building: ProjectSeed.Building,
        of project: ProjectSeed.Project
    ) async throws {
        try await tx.execute(
            """
            INSERT INTO units (id, key, project, building, number, floor, layout, area, facing, price_minor, currency)
            SELECT id, key, \(project.key), \(building.key), \(building.name) || '-' || number, floor, layout, area, facing,
                   price, currency
              FROM unnest(\(units.map { _ in UUID.v7() })::uuid[], \(units.map(\.key))::text[],
                          \(units.map(\.number))::text[], \(units.map { Int32($0.floor) })::integer[],
                          \(units.map(\.layout))::text[], \(units.map(\.area))::float8[],
                          \(units.map(\.facing))::text[], \(units.map(\.price.amount))::bigint[],
                          \(units.map(\.price.currency))::text[])
                AS t (id, key, number, floor, layout, area, facing, price, currency)
            ON CONFLICT (key) DO UPDATE
               SET layout = EXCLUDED.layout, area = EXCLUDED.area, facing = EXCLUDED.facing,
                   price_minor = EXCLUDED.price_minor, currency = EXCLUDED.currency
             WHERE units.state <> 'signed'
            """
        )
    }
}
