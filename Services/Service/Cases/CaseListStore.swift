import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// A case in a list, with what its customer is called.
struct CaseLine: Sendable, Equatable {
    let record: Case
    let customerName: String?
}

/// Which cases are asked for.
struct CaseFilter: Sendable, Equatable {
    enum Show: String, Sendable, CaseIterable {
        case open
        case mine
        case overdue
        case closed
        case all
    }

    var show: Show = .open
    var kind: Case.Kind?
    var uid: UID?
    /// A part of the number, the title, or the customer’s name.
    var text: String?
}

/// The place in a list of cases after which the next page begins.
struct CaseMark: Sendable, Equatable {
    /// Whether those who wait for a first answer are through.
    var isAnswered = false
    /// The deadline in lists of open cases, else when it was closed or opened.
    let at: Date
    let id: CaseID
}

/// The lists of cases, each in the order in which people work through it.
struct CaseListStore: Sendable {
    let tx: Transaction
    let reach: Reach

    init(_ tx: Transaction, _ reach: Reach) {
        self.tx = tx
        self.reach = reach
    }

    /// Open ones: who waits for an answer first, and of those the one that is due first.
    ///
    /// Others: the newest first.
    func lines(_ filter: CaseFilter, after mark: CaseMark?, limit: Int, now: Date) async throws -> [CaseLine] {
        try await tx.all(
            CaseListStore.lines + condition(filter, now) + page(filter.show, after: mark) + "LIMIT \(limit)",
            as: CaseLine.init(row:)
        )
    }

    /// How many cases each list holds.
    func counts(kind: Case.Kind?, now: Date) async throws -> [CaseFilter.Show: Int] {
        let row = try await tx.first(
            """
            SELECT count(*) AS open,
                   count(*) FILTER (WHERE c.owner_id = \(reach.staffID)) AS mine,
                   count(*) FILTER (WHERE c.first_replied_at IS NULL AND c.response_due_at <= \(now)) AS overdue
              FROM cases c JOIN customers p USING (uid)
             WHERE c.status = 'open' AND (\(kind?.rawValue)::text IS NULL OR c.kind = \(kind?.rawValue))
               AND \(reach.condition)
            """
        ) { row in (open: try row["open"] as Int, mine: try row["mine"] as Int, overdue: try row["overdue"] as Int) }
        guard let row else { return [:] }
        return [.open: row.open, .mine: row.mine, .overdue: row.overdue]
    }

    /// One case, if it may be seen.
    func line(_ id: CaseID) async throws -> CaseLine {
        let found = try await tx.first(
            CaseListStore.lines + "WHERE c.id = \(id) AND \(reach.condition)",
            as: CaseLine.init(row:)
        )
        guard let found else { throw Rejection.notFound("case", id) }
        return found
    }

    private func condition(_ filter: CaseFilter, _ now: Date) -> SQL {
        let shown: SQL =
            switch filter.show {
            case .open: "c.status = 'open'"
            case .mine: "c.status = 'open' AND c.owner_id = \(reach.staffID)"
            case .overdue: "c.status = 'open' AND c.first_replied_at IS NULL AND c.response_due_at <= \(now)"
            case .closed: "c.status = 'closed'"
            case .all: "true"
            }
        return """
            WHERE \(shown) AND \(reach.condition)
              AND (\(filter.kind?.rawValue)::text IS NULL OR c.kind = \(filter.kind?.rawValue))
              AND (\(filter.uid)::uuid IS NULL OR c.uid = \(filter.uid))
              AND (\(filter.text)::text IS NULL
                   OR position(lower(\(filter.text)) IN lower(concat_ws(' ', c.number, c.title, p.name))) > 0)

            """
    }

    private func page(_ show: CaseFilter.Show, after mark: CaseMark?) -> SQL {
        switch show {
        case .open, .mine, .overdue:
            let rest: SQL =
                mark.map { mark in
                    """
                    AND (c.first_replied_at IS NOT NULL, c.response_due_at, c.id)
                        > (\(mark.isAnswered), \(mark.at), \(mark.id))

                    """
                } ?? ""
            return rest + "ORDER BY (c.first_replied_at IS NOT NULL), c.response_due_at, c.id "
        case .closed:
            let rest: SQL = mark.map { "AND (c.closed_at, c.id) < (\($0.at), \($0.id)) " } ?? ""
            return rest + "ORDER BY c.closed_at DESC, c.id DESC "
        case .all:
            let rest: SQL = mark.map { "AND (c.opened_at, c.id) < (\($0.at), \($0.id)) " } ?? ""
            return rest + "ORDER BY c.opened_at DESC, c.id DESC "
        }
    }

    private static let lines: SQL = """
        SELECT c.id, c.number, c.uid, c.kind, c.severity, c.title, c.text, c.unit_id, c.project, c.owner_id,
               c.opened_by, c.opened_at, c.response_due_at, c.escalation_at, c.first_replied_at, c.closed_at, c.result,
               c.deadline_why, c.owner_why, p.name AS customer_name
          FROM cases c JOIN customers p USING (uid)

        """
}

extension CaseLine {
    init(row: Row) throws {
        self.init(record: try Case(row: row), customerName: try row["customer_name"])
    }

    /// Where a list in this order goes on after this line.
    func mark(in show: CaseFilter.Show) -> CaseMark {
        switch show {
        case .open, .mine, .overdue:
            CaseMark(isAnswered: record.firstRepliedAt != nil, at: record.responseDueAt, id: record.id)
        case .closed: CaseMark(at: record.closedAt ?? record.openedAt, id: record.id)
        case .all: CaseMark(at: record.openedAt, id: record.id)
        }
    }
}
