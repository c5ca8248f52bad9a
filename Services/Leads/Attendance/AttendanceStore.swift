import Contracts
import Foundation
import Postgres

/// The SQL of when agents work.
struct AttendanceStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func find(_ agent: StaffID) async throws -> Attendance {
        let results = try await tx.pipeline([
            """
            SELECT weekday::bigint AS weekday, from_minute::bigint AS from_minute, to_minute::bigint AS to_minute
              FROM agent_shifts WHERE agent_id = \(agent) ORDER BY weekday, from_minute
            """,
            """
            SELECT first_day::text AS first_day, last_day::text AS last_day
              FROM agent_leaves WHERE agent_id = \(agent) ORDER BY first_day
            """,
            "SELECT per_day::bigint AS per_day FROM agent_quotas WHERE agent_id = \(agent)",
        ])
        var attendance = Attendance()
        for row in results[0] {
            let hours = BusinessCalendar.Interval(from: try row["from_minute"], to: try row["to_minute"])
            attendance.week["\(try row["weekday"] as Int)", default: []].append(hours)
        }
        attendance.leaves = try results[1].map { .init(first: try $0["first_day"], last: try $0["last_day"]) }
        attendance.perDay = try results[2].first.map { try $0["per_day"] }
        return attendance
    }

    func save(_ attendance: Attendance, of agent: StaffID) async throws {
        let shifts = attendance.week.flatMap { day, hours in hours.map { (day: Int(day) ?? 0, hours: $0) } }
        try tx.later("DELETE FROM agent_shifts WHERE agent_id = \(agent)")
        try tx.later("DELETE FROM agent_leaves WHERE agent_id = \(agent)")
        try tx.later("DELETE FROM agent_quotas WHERE agent_id = \(agent)")
        try tx.later(
            """
            INSERT INTO agent_shifts (agent_id, weekday, from_minute, to_minute)
            SELECT \(agent), weekday, from_minute, to_minute
              FROM unnest(\(shifts.map(\.day))::bigint[], \(shifts.map(\.hours.from))::bigint[],
                          \(shifts.map(\.hours.to))::bigint[]) AS t (weekday, from_minute, to_minute)
            """
        )
        try tx.later(
            """
            INSERT INTO agent_leaves (agent_id, first_day, last_day)
            SELECT \(agent), first_day::date, last_day::date
              FROM unnest(\(attendance.leaves.map(\.first))::text[], \(attendance.leaves.map(\.last))::text[])
                   AS t (first_day, last_day)
            """
        )
        if let perDay = attendance.perDay {
            try tx.later("INSERT INTO agent_quotas (agent_id, per_day) VALUES (\(agent), \(perDay)::bigint)")
        }
    }
}
