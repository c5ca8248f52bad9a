import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that takes back what the rows of a file said.
struct TakeBackStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    struct Row: Sendable {
        let number: Int64
        let submission: UUID
        let lead: LeadID
    }

    /// Rows that said something which is to be taken back, after one of them: not those whose lead somebody has worked with.
    func rows(of file: UUID, after row: Int64, limit: Int) async throws -> [Row] {
        try await tx.all(
            """
            SELECT r.number, r.submission_id, r.lead_id FROM import_rows r
             WHERE r.import_id = \(file) AND r.number > \(row) AND NOT r.withdrawn AND r.verdict IN ('new', 'joined')
               AND r.submission_id IS NOT NULL AND r.lead_id IS NOT NULL AND NOT \(Self.stands)
             ORDER BY r.number LIMIT \(limit)
            """
        ) { Row(number: try $0["number"], submission: try $0["submission_id"], lead: try $0["lead_id"]) }
    }

    /// The lead that a row has made or joined is one of the file's own and was left.
    private static let stands: SQL = """
        EXISTS (SELECT FROM import_rows b
                 WHERE b.lead_id = r.lead_id AND b.import_id = r.import_id AND b.verdict = 'new'
                   AND b.undo = ANY(\(UndoVerdict.standing.map(\.rawValue))::text[]))
        """

    /// Everything that was said on these leads, in the order of time.
    func said(on leads: [LeadID], _ file: UUID, read: ReadAgain) async throws -> [Saying] {
        try await tx.all(
            """
            SELECT s.id, s.channel, s.submission_key, s.external_id, s.body, s.received_at, s.lead_id, s.uid,
                   coalesce('staff:' || i.ordered_by, 'channel:' || s.channel) AS actor,
                   coalesce(r.withdrawn, false) AS was_withdrawn,
                   CASE WHEN r.import_id = \(file) AND NOT \(Self.stands) THEN r.number END AS number
              FROM submissions s
              LEFT JOIN import_rows r ON r.submission_id = s.id AND r.verdict IN ('new', 'joined')
              LEFT JOIN imports i ON i.id = r.import_id
             WHERE s.lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND s.outcome IN ('accepted', 'merged')
             ORDER BY s.received_at, s.id
            """
        ) { row in
            let stored = StoredSubmission(
                id: try row["id"],
                channel: try row["channel"],
                key: try row["submission_key"],
                externalID: try row["external_id"],
                body: (try row["body"] as Bytes).bytes,
                receivedAt: try row["received_at"],
                leadID: try row["lead_id"]
            )
            let number: Int64? = try row["number"]
            let wasWithdrawn: Bool = try row["was_withdrawn"]
            return Saying(
                submission: stored,
                enquiry: read(stored),
                uid: try row["uid"],
                actor: try row["actor"],
                row: number,
                isWithdrawn: number != nil || wasWithdrawn
            )
        }
    }

    /// What staff has corrected of what these leads ask for, in the order of time.
    func corrections(of leads: [LeadID]) async throws -> [NeedCorrection] {
        try await tx.all(
            """
            SELECT data, occurred_at FROM journal
             WHERE subject = ANY(\(leads.map(\.description))::text[]) AND name = \(LeadNeedChanged.name.text)
             ORDER BY position
            """
        ) { row in
            let event: LeadNeedChanged = try (row["data"] as JSONText).decode()
            return NeedCorrection(
                lead: event.leadID,
                staff: event.staffID,
                at: try row["occurred_at"],
                need: event.need,
                changed: event.changed
            )
        }
    }

    /// Submissions that spoke of one of these and of somebody else, where that is to be looked at.
    func conflicts(of uids: [UID]) async throws -> [UUID] {
        let ids = uids.map(\.uuid)
        return try await tx.all(
            """
            SELECT DISTINCT submission_id FROM reviews
             WHERE submission_id IS NOT NULL AND (low = ANY(\(ids)::uuid[]) OR high = ANY(\(ids)::uuid[]))
            """
        ) { try $0["submission_id"] }
    }

    /// The leads that these submissions went into.
    func leads(of submissions: [UUID]) async throws -> [LeadID] {
        try await tx.all(
            "SELECT DISTINCT lead_id FROM submissions WHERE id = ANY(\(submissions)::uuid[]) AND lead_id IS NOT NULL"
        ) { try $0["lead_id"] }
    }

    /// Whose these leads are, without those who were forgotten.
    func persons(of leads: [LeadID]) async throws -> Set<UID> {
        let uids: [UID] = try await tx.all(
            "SELECT DISTINCT uid FROM leads WHERE id = ANY(\(leads.map(\.uuid))::uuid[])"
        ) { try $0["uid"] }
        return Set(uids)
    }

    /// Since when each identifier of these persons has been known.
    func since(_ uids: [UID]) async throws -> [PersonIdentifier: Date] {
        let rows = try await tx.all(
            "SELECT kind, value, created_at FROM identifiers WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])"
        ) { (try PersonStore.identifier($0), try $0["created_at"] as Date) }
        return Dictionary(rows) { first, _ in first }
    }

    func remove(_ identifiers: [PersonIdentifier]) throws {
        try tx.later(
            """
            DELETE FROM identifiers i
             USING unnest(\(identifiers.map(\.kind.rawValue))::text[], \(identifiers.map(\.value))::text[]) AS t (kind, value)
             WHERE i.kind = t.kind AND i.value = t.value
            """
        )
    }

    /// What was said on leads at a time and waits to be taken in.
    func dropTagsSaid(_ sayings: [Saying]) throws {
        try tx.later(
            """
            DELETE FROM tags_said t
             USING unnest(\(sayings.map(\.submission.leadID.uuid))::uuid[],
                          \(sayings.map(\.submission.receivedAt))::timestamptz[]) AS n (lead_id, said_at)
             WHERE t.lead_id = n.lead_id AND t.said_at = n.said_at
            """
        )
    }

    func save(_ wishes: [LeadWish]) throws {
        try tx.later(
            """
            UPDATE leads l
               SET need = n.need, project = n.project, district = n.district, need_set_by = n.set_by, need_set_at = n.set_at
              FROM unnest(\(wishes.map(\.lead.uuid))::uuid[],
                          \(try wishes.map { try $0.need.map { try JSONText(wire: $0) } })::jsonb[],
                          \(wishes.map(\.project))::text[], \(wishes.map(\.district))::text[],
                          \(wishes.map { $0.setBy?.uuid })::uuid[], \(wishes.map(\.setAt))::timestamptz[])
                   AS n (id, need, project, district, set_by, set_at)
             WHERE l.id = n.id
            """
        )
    }

    func withdraw(_ rows: [Int64], of file: UUID) throws {
        try tx.later(
            "UPDATE import_rows SET withdrawn = true WHERE import_id = \(file) AND number = ANY(\(rows)::bigint[])"
        )
    }

    /// Whether it is a row of a file that was taken back, or is just being.
    func isTakenBack(_ submission: UUID) async throws -> Bool {
        try await tx.first(
            """
            SELECT 1 AS one FROM import_rows r JOIN imports i ON i.id = r.import_id
             WHERE r.submission_id = \(submission) AND i.status IN ('undoing', 'undone')
            """
        ) { _ in true } ?? false
    }

    /// Standing merges that were made because of rows of the file, the newest first; not of people who were forgotten.
    func merges(by file: UUID, atMost limit: Int) async throws -> [MergeID] {
        try await tx.all(
            """
            SELECT m.id FROM merges m JOIN import_rows r ON r.submission_id = m.submission_id AND r.import_id = \(file)
              JOIN persons p ON p.uid = m.merged AND p.erased_at IS NULL
             WHERE m.undone_at IS NULL ORDER BY m.merged_at DESC, m.id DESC LIMIT \(limit)
            """
        ) { try $0["id"] }
    }
}
