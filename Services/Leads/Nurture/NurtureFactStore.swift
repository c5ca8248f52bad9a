import Contracts
import Foundation
import Postgres

/// The SQL of what is known of people when something is due for them.
struct NurtureFactStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func facts(of uids: [UID]) async throws -> [UID: NurtureFacts] {
        guard !uids.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT p.uid, p.erased_at IS NOT NULL AS is_erased, p.consent_sms, p.consent_email, p.consent_call, p.consents,
                   p.created_at,
                   EXISTS (SELECT FROM identifiers i WHERE i.uid = p.uid AND i.kind = 'phone') AS has_phone,
                   EXISTS (SELECT FROM identifiers i WHERE i.uid = p.uid AND i.kind = 'email') AS has_email,
                   \(Self.hasDeal) AS has_deal,
                   (SELECT max(last_touch_at) FROM leads WHERE uid = p.uid) AS last_enquiry_at,
                   ARRAY(SELECT key || '=' || value FROM tags WHERE uid = p.uid AND is_winner) AS tags
              FROM persons p WHERE p.uid = ANY(\(uids.map(\.uuid))::uuid[])
            """
        ) { row in
            let consents = try Consents(row: row)
            let facts = NurtureFacts(
                isErased: try row["is_erased"],
                allowsSMS: consents[.marketing, .sms]?.allows,
                allowsEmail: consents[.marketing, .email]?.allows,
                hasPhone: try row["has_phone"],
                hasEmail: try row["has_email"],
                hasDeal: try row["has_deal"],
                lastEnquiryAt: try row["last_enquiry_at"],
                tags: Set(try row["tags"] as [String])
            )
            return (try row["uid"] as UID, facts)
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Whom a sequence may be begun with: people who were never in it, who may be written to and have no deal.
    ///
    /// With a segment its people; with uids those of them.
    func newcomers(
        to sequence: SequenceID,
        _ tests: [SegmentTest] = [],
        among uids: [UID]? = nil,
        after: UID? = nil,
        limit: Int,
        now: Date
    ) async throws -> [UID] {
        let newcomer = newcomer(to: sequence, tests, now)
        let among: SQL = uids.map { "AND p.uid = ANY(\($0.map(\.uuid))::uuid[])" } ?? ""
        let next: SQL = after.map { "AND p.uid > \($0)" } ?? ""
        return try await tx.all(
            "SELECT p.uid FROM persons p WHERE \(newcomer) \(among) \(next) ORDER BY p.uid LIMIT \(limit)"
        ) { try $0["uid"] }
    }

    /// How many that would be, up to ``SegmentStore/countedAtMost`` and one more.
    func countNewcomers(to sequence: SequenceID, _ tests: [SegmentTest], now: Date) async throws -> Int {
        let newcomer = newcomer(to: sequence, tests, now)
        return try await tx.first(
            """
            SELECT count(*) AS count
              FROM (SELECT FROM persons p WHERE \(newcomer) LIMIT \(SegmentStore.countedAtMost + 1)) AS found
            """
        ) { try $0["count"] } ?? 0
    }

    private func newcomer(to sequence: SequenceID, _ tests: [SegmentTest], _ now: Date) -> SQL {
        """
        \(SegmentStore.condition(tests, nil, now: now)) AND \(Consents.allowsMarketing) AND NOT \(Self.hasDeal)
        AND NOT EXISTS (SELECT FROM nurture_enrolments e WHERE e.sequence_id = \(sequence) AND e.uid = p.uid)
        """
    }

    /// A deal of `p` is won, or under way.
    private static let hasDeal: SQL = """
        EXISTS (SELECT FROM leads d WHERE d.uid = p.uid
                   AND (d.deal_outcome = 'won' OR (d.status = 'converted' AND d.deal_outcome IS NULL)))
        """
}
