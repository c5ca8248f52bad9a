public import Postgres
public import Web

extension Sight {
    /// The rows that are seen, for a statement whose columns these are: ``Sight/sees(_:)`` said in SQL.
    ///
    /// `owners` are all that may name somebody who answers for the row; `isAfterSales` is a condition.
    public func rows(owners: [SQL], team: SQL, project: SQL, isAfterSales: SQL = "false") -> SQL {
        let own = Self.joined(owners.map { "\($0) = \(staffID)" }, by: " OR ")
        switch extent {
        case .nothing: return "false"
        case .own: return own
        case .team(let mine):
            let isNobodys = Self.joined((owners + [team]).map { "\($0) IS NULL" }, by: " AND ")
            return "(\(own) OR \(team) = \(mine) OR \(isNobodys))"
        case .projects(let projects): return "(\(own) OR \(project) = ANY(\(projects)::text[]))"
        case .afterSales: return "(\(own) OR \(isAfterSales))"
        case .all: return "true"
        }
    }

    private static func joined(_ conditions: [SQL], by word: SQL) -> SQL {
        guard let first = conditions.first else { return "false" }
        return "(" + conditions.dropFirst().reduce(first) { $0 + word + $1 } + ")"
    }
}
