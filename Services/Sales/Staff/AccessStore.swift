import Postgres

/// Access as conditions of statements. They are put after `WHERE` or `AND`, with the table's columns unprefixed.
extension Access {
    /// Which rows of `customers` are seen.
    var customers: SQL {
        switch reach {
        case .own: "owner_id = \(staffID)"
        case .team(let team): "(team_id = \(team) OR owner_id = \(staffID))"
        case .withService: "is_with_service"
        case .all: "true"
        }
    }

    /// Which rows of `deals` are seen.
    var deals: SQL {
        switch reach {
        case .own: "owner_id = \(staffID)"
        case .team(let team): "(team_id = \(team) OR owner_id = \(staffID))"
        case .withService: "uid IN (SELECT uid FROM customers WHERE is_with_service)"
        case .all: "true"
        }
    }
}
