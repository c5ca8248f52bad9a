import Boot
import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import Web

/// Finds messages for whoever asks, within what they may see.
struct ShowMessages: Sendable {
    let spine: Spine

    /// Which messages are wanted.
    struct Filter: Sendable, Equatable {
        var uid: UID?
        var state: MessageState?
        var channel: Channel?
        /// Changed at or after.
        var since: Date?
        /// Written to many at once.
        var audience: UUID?
    }

    /// One message with all that was tried.
    struct Detail: Sendable {
        let row: MessageRow
        let why: Contracts.Why
        let attempts: [AttemptRow]
    }

    /// The newest first; one more than the limit, when there are more.
    func list(_ filter: Filter, _ slice: Slice, for viewer: Principal) async throws -> [MessageRow] {
        let after = try slice.after?.timeAndID()
        var place: SQL = ""
        if let after { place = "AND (m.created_at, m.id) < (\(after.time), \(after.id))" }
        let sql: SQL = """
            SELECT \(ShowMessages.columns)
              \(ShowMessages.tables)
             WHERE \(ShowMessages.scope(of: viewer)) \(ShowMessages.condition(filter)) \(place)
             ORDER BY m.created_at DESC, m.id DESC
             LIMIT \(slice.limit + 1)
            """
        return try await spine.read { tx in try await tx.all(sql) { try MessageRow(row: $0) } }
    }

    /// How many messages there are in each state: of all those that wait or are in trouble, of an audience every one.
    func counts(of audience: UUID? = nil, for viewer: Principal) async throws -> [MessageState: Int] {
        let counted: SQL =
            audience.map { "m.audience_id = \($0)" } ?? "m.state IN ('queued', 'sending', 'failed', 'unknown')"
        let sql: SQL = """
            SELECT m.state, count(*) AS count
              \(ShowMessages.tables)
             WHERE \(counted) AND \(ShowMessages.scope(of: viewer))
             GROUP BY m.state
            """
        let rows: [(String, Int)] = try await spine.read { tx in
            try await tx.all(sql) { (try $0["state"], try $0["count"]) }
        }
        return Dictionary(rows.compactMap { name, count in MessageState(rawValue: name).map { ($0, count) } }) { $1 }
    }

    /// - Throws: `notFound` also for a message that the viewer may not see.
    func one(_ id: MessageID, for viewer: Principal) async throws -> Detail {
        let sql: SQL = """
            SELECT \(ShowMessages.columns), m.why
              \(ShowMessages.tables)
             WHERE m.id = \(id) AND \(ShowMessages.scope(of: viewer))
            """
        return try await spine.read { tx in
            let found = try await tx.first(sql) { row -> (MessageRow, JSONText) in
                (try MessageRow(row: row), try row["why"])
            }
            guard let (row, why) = found else { throw Rejection.notFound("message", id) }
            let attempts = try await tx.all(
                """
                SELECT attempt, kind, at, outcome, code, detail
                  FROM attempts WHERE message_id = \(id) ORDER BY at, attempt
                """
            ) { try AttemptRow(row: $0) }
            return Detail(row: row, why: try why.decode(), attempts: attempts)
        }
    }

    private static let columns: SQL = """
        \(Message.columns), m.address, m.changed_at, m.read_at, coalesce(c.name, told.name, s.name) AS name, c.owner_id,
        a.survivor, m.next_at
        """

    /// `c` is the customer as they are now, `told` the UID that the message was written to.
    private static let tables: SQL = """
        FROM messages m LEFT JOIN aliases a ON a.uid = m.uid LEFT JOIN customers told ON told.uid = m.uid
             LEFT JOIN customers c ON c.uid = coalesce(a.survivor, m.uid)
             LEFT JOIN staff s ON s.staff_id = m.staff_id
        """

    private static func condition(_ filter: Filter) -> SQL {
        var sql: SQL = ""
        if let uid = filter.uid { sql = sql + " AND m.uid = ANY(\(MergedRecipientStore.uids(of: uid)))" }
        if let state = filter.state { sql = sql + " AND m.state = \(state.rawValue)" }
        if let channel = filter.channel { sql = sql + " AND m.channel = \(channel.rawValue)" }
        if let audience = filter.audience { sql = sql + " AND m.audience_id = \(audience)" }
        if let since = filter.since { sql = sql + " AND m.changed_at >= \(since)" }
        return sql
    }

    /// The messages that are seen: what went to oneself and to those customers and colleagues whose records one sees.
    private static func scope(of viewer: Principal) -> SQL {
        Sight(viewer, of: .selling).rows(
            owners: ["m.staff_id", "c.owner_id"],
            team: "coalesce(c.team_id, s.team_id)",
            project: "coalesce(c.project, told.project)",
            isAfterSales: """
                (c.has_case OR told.has_case
                 OR EXISTS (SELECT FROM aliases o JOIN customers side ON side.uid = o.uid
                             WHERE o.survivor = c.uid AND side.has_case))
                """
        )
    }
}
