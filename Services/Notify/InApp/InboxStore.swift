import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import Web

/// The notices that one member of staff has in the console.
struct Inbox: Sendable {
    let spine: Spine

    /// A notice as it is shown.
    struct Notice: Sendable {
        let id: MessageID
        let text: MessageText
        let link: String?
        let at: Date
        let isRead: Bool
    }

    func unread(of staff: StaffID) async throws -> Int {
        let count: Int? = try await spine.read { tx in
            try await tx.first(
                """
                SELECT count(*) AS count FROM messages
                 WHERE staff_id = \(staff) AND channel = 'in-app' AND read_at IS NULL AND state = 'delivered'
                """
            ) { try $0["count"] }
        }
        return count ?? 0
    }

    /// The newest first; one more than the limit, when there are more.
    func list(of staff: StaffID, _ slice: Slice) async throws -> [Notice] {
        let after = try slice.after?.timeAndID()
        var place: SQL = ""
        if let after { place = "AND (created_at, id) < (\(after.time), \(after.id))" }
        let sql: SQL = """
            SELECT id, subject, body, link, created_at, read_at IS NOT NULL AS is_read
              FROM messages
             WHERE staff_id = \(staff) AND channel = 'in-app' AND state = 'delivered' \(place)
             ORDER BY created_at DESC, id DESC
             LIMIT \(slice.limit + 1)
            """
        return try await spine.read { tx in
            try await tx.all(sql) { row in
                Notice(
                    id: try row["id"],
                    text: MessageText(subject: try row["subject"], body: try row["body"]),
                    link: try row["link"],
                    at: try row["created_at"],
                    isRead: try row["is_read"]
                )
            }
        }
    }

    /// Marks one notice as read and returns the place that it is about.
    func open(_ id: MessageID, of staff: StaffID) async throws -> String? {
        try await spine.perform(.staff(staff)) { work in
            let found: String?? = try await work.tx.first(
                """
                UPDATE messages SET read_at = coalesce(read_at, \(work.now))
                 WHERE id = \(id) AND staff_id = \(staff) AND channel = 'in-app'
                RETURNING link
                """
            ) { try $0["link"] }
            guard let found else { throw Rejection.notFound("notice", id) }
            return found
        }
    }

    /// Marks everything as read that had come by then; what comes later stays new.
    func markAllRead(of staff: StaffID) async throws {
        try await spine.perform(.staff(staff)) { work in
            try await work.tx.execute(
                """
                UPDATE messages SET read_at = \(work.now)
                 WHERE staff_id = \(staff) AND channel = 'in-app' AND read_at IS NULL AND created_at <= \(work.now)
                """
            )
        }
    }
}
