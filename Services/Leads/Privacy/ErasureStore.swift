import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// The SQL that takes a person out of Leads' own tables.
///
/// Whoever adds a table that says who somebody is adds it here; a test looks through every column of every table.
struct ErasureStore: Sendable {
    private static let page = 1_000

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func isErased(_ uid: UID) async throws -> Bool {
        try await tx.first("SELECT 1 AS one FROM persons WHERE uid = \(uid) AND erased_at IS NOT NULL") { _ in true }
            ?? false
    }

    /// - Throws: a ``Failures/Rejection`` when one of them was forgotten: there is nothing to join or to give back.
    func refuseErased(_ uids: [UID]) async throws {
        for uid in uids where try await isErased(uid) {
            throw Rejection(.conflict, "person-erased", "The person was forgotten on request.")
        }
    }

    /// Blanks what may be blank in the ledger: the outcome's facts and the digest of the content stay, so its chain holds.
    func blankSubmissions(of side: Side, _ forgotten: Forgotten) async throws {
        var theirs = try await submissions(of: side)
        let redaction = Redaction(forgotten)
        // What named them without being theirs: told of somebody they were taken for, or understood by nobody.
        theirs += try await betraying(redaction, try await neighbours(of: side.members))
        theirs += try await betraying(redaction, try await rejected())
        theirs += try await betraying(redaction, try await takenBack())
        try tx.later(
            """
            UPDATE submissions
               SET body = '', external_id = NULL, campaign = NULL, detail = NULL, notes = '[]', broker_user = NULL,
                   erased_at = now()
             WHERE id = ANY(\(theirs)::uuid[]) AND erased_at IS NULL
            """
        )
    }

    private func submissions(of side: Side) async throws -> [UUID] {
        try await tx.all(
            """
            WITH told AS (
                SELECT id, channel, submission_key FROM submissions
                 WHERE lead_id = ANY(\(side.leads.map(\.id.uuid))::uuid[])
                    OR id = ANY(\(side.tellings.compactMap(\.submissionID))::uuid[])
            )
            SELECT id FROM told
             UNION
            SELECT s.id FROM told t JOIN submissions s USING (channel, submission_key)
            """
        ) { try $0["id"] }
    }

    /// Submissions about those with whom they were ever taken for one.
    private func neighbours(of members: [UID]) async throws -> [UUID] {
        let ids = members.map(\.uuid)
        return try await tx.all(
            """
            WITH others AS (
                SELECT survivor AS uid FROM merges WHERE merged = ANY(\(ids)::uuid[])
                 UNION
                SELECT merged FROM merges WHERE survivor = ANY(\(ids)::uuid[])
                 UNION
                SELECT low FROM reviews WHERE high = ANY(\(ids)::uuid[])
                 UNION
                SELECT high FROM reviews WHERE low = ANY(\(ids)::uuid[])
            )
            SELECT s.id FROM others o JOIN leads l ON l.uid = o.uid JOIN submissions s ON s.lead_id = l.id
             WHERE s.erased_at IS NULL
            """
        ) { try $0["id"] }
    }

    private func rejected() async throws -> [UUID] {
        try await tx.all("SELECT id FROM submissions WHERE outcome = 'rejected' AND erased_at IS NULL") { try $0["id"] }
    }

    /// Rows of files whose words were taken back from people who were known: they may have named somebody else.
    private func takenBack() async throws -> [UUID] {
        try await tx.all(
            """
            SELECT submission_id FROM import_rows
             WHERE withdrawn AND verdict = 'joined' AND submission_id IS NOT NULL
            """
        ) { try $0["submission_id"] }
    }

    /// Those whose bytes hold a number or an address of the person.
    private func betraying(_ redaction: Redaction, _ ids: [UUID]) async throws -> [UUID] {
        var found: [UUID] = []
        for start in stride(from: 0, to: ids.count, by: ErasureStore.page) {
            let some = Array(ids[start..<min(start + ErasureStore.page, ids.count)])
            let rows = try await tx.all("SELECT id, body FROM submissions WHERE id = ANY(\(some)::uuid[])") { row in
                (id: try row["id"] as UUID, body: String(decoding: (try row["body"] as Bytes).bytes, as: UTF8.self))
            }
            found += rows.filter { redaction.betrays($0.body) }.map(\.id)
        }
        return found
    }

    /// Decisions stay, with their rules; the words of an enquiry in what they were made from go.
    func blankDecisions(of leads: [LeadID], _ forgotten: Forgotten) async throws {
        let redaction = Redaction(forgotten)
        let rows = try await tx.all(
            "SELECT id, why::text AS why FROM decisions WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[])"
        ) { (id: try $0["id"] as Int64, why: try $0["why"] as String) }
        let changed = rows.map { ($0.id, redaction.redacted($0.why, isTheirs: false) ?? "{}") }
        try tx.later(
            """
            UPDATE decisions d SET why = t.why
              FROM unnest(\(changed.map(\.0))::bigint[], \(changed.map { JSONText($0.1) })::jsonb[]) AS t (id, why)
             WHERE d.id = t.id
            """
        )
        // What somebody has filled into a form is theirs.
        try tx.later(
            """
            UPDATE decisions SET question = question #- '{facts,answer}'
             WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND question -> 'facts' -> 'answer' IS NOT NULL
            """
        )
    }

    func blankLeads(_ leads: [LeadID]) throws {
        try tx.later(
            """
            UPDATE leads SET message = NULL, discard_note = NULL, need = NULL
             WHERE id = ANY(\(leads.map(\.uuid))::uuid[])
            """
        )
    }

    func blankMerges(of members: [UID]) throws {
        let ids = members.map(\.uuid)
        try tx.later(
            """
            UPDATE merges
               SET snapshot = snapshot || jsonb_build_object(
                       'survivor', (snapshot -> 'survivor') || '{"fields": {}, "identifiers": []}',
                       'merged', (snapshot -> 'merged') || '{"fields": {}, "identifiers": []}')
             WHERE survivor = ANY(\(ids)::uuid[]) OR merged = ANY(\(ids)::uuid[])
            """
        )
        try tx.later(
            """
            UPDATE reviews SET status = 'settled'
             WHERE status IN ('open', 'later') AND (low = ANY(\(ids)::uuid[]) OR high = ANY(\(ids)::uuid[]))
            """
        )
    }

    /// First what is still to be taken in, then the turn, as whoever takes it in does: nothing comes after it.
    func dropTags(of members: [UID]) async throws {
        let ids = members.map(\.uuid)
        try tx.later("DELETE FROM tags_said WHERE uid = ANY(\(ids)::uuid[])")
        try await TagStore(tx).takeTurn()
        try tx.later("DELETE FROM tags WHERE uid = ANY(\(ids)::uuid[]) AND told_of IS NULL")
        try tx.later("DELETE FROM tags WHERE told_of = ANY(\(ids)::uuid[])")
    }

    func blankPersons(_ members: [UID], survivor: UID, now: Date) async throws {
        let ids = members.map(\.uuid)
        try tx.later("DELETE FROM identifiers WHERE uid = \(survivor)")
        try tx.later("DELETE FROM tellings WHERE origin = ANY(\(ids)::uuid[])")
        try tx.later("DELETE FROM match_keys WHERE uid = ANY(\(ids)::uuid[])")
        try tx.later("DELETE FROM value_layers WHERE uid = ANY(\(ids)::uuid[])")
        try tx.later("UPDATE life_orders SET reason = '' WHERE origin = ANY(\(ids)::uuid[])")
        try tx.later("DELETE FROM referral_codes WHERE uid = ANY(\(ids)::uuid[])")
        try tx.later("UPDATE referrals SET code = '–', reference = NULL WHERE referrer = ANY(\(ids)::uuid[])")
        try tx.later(
            """
            UPDATE persons
               SET name = NULL, language = NULL, consent_sms = false, consent_email = false, consent_call = false,
                   consents = NULL, updated_at = \(now), erased_at = \(now)
             WHERE uid = ANY(\(ids)::uuid[])
            """
        )
    }
}
