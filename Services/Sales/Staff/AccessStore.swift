import Boot
import Postgres

/// Access as conditions of statements. They are put after `WHERE` or `AND`, with the table's columns unprefixed.
extension Access {
    /// Which rows of `customers` are seen.
    var customers: SQL {
        sight.rows(
            owners: ["owner_id"],
            team: "team_id",
            project: "(need -> 'projects' ->> 0)",
            isAfterSales: "is_with_service"
        )
    }

    /// Which rows of `deals` are seen.
    var deals: SQL {
        sight.rows(
            owners: ["owner_id"],
            team: "team_id",
            project: "project",
            isAfterSales: "uid IN (SELECT uid FROM customers WHERE is_with_service)"
        )
    }
}
