import Contracts
import Foundation
import Messaging
import Postgres

/// The table `customers` as it is written from what batches of events tell: one row once, whatever a batch tells of it.
struct CustomerNewsStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Adds who is new and changes whom we know.
    func save(_ news: [CustomerNews]) async throws {
        guard !news.isEmpty else { return }
        let added = try await add(news)
        try await change(news.filter { !added.contains($0.uid) })
    }

    /// - Returns: who was new.
    private func add(_ news: [CustomerNews]) async throws -> Set<UID> {
        let added: [UID] = try await tx.all(
            """
            INSERT INTO customers (uid, name, phones, emails, wechat, language, need, consent, lead_id, channel, grade,
                                   grade_why, owner_id, team_id, owner_why, first_response_due_at, touches,
                                   is_with_service, first_seen_at, active_at, tags)
            SELECT uid, name, coalesce(phones::text[], '{}'), coalesce(emails::text[], '{}'), wechat, language, need,
                   coalesce(consent, consent_of_lead), coalesce(lead_id, begun_lead),
                   coalesce(channel, begun_channel), grade, grade_why,
                   CASE WHEN is_assigned THEN owner_id ELSE begun_owner END, \(Self.team), owner_why, due_at,
                   coalesce(touches, 1), is_with_service, least(first_at, received_at), greatest(first_at, active_at),
                   tags
              FROM \(try Self.rows(of: news))
            ON CONFLICT (uid) DO NOTHING
            RETURNING uid
            """
        ) { try $0["uid"] }
        return Set(added)
    }

    private func change(_ news: [CustomerNews]) async throws {
        guard !news.isEmpty else { return }
        try tx.later(
            """
            UPDATE customers c
               SET name = CASE WHEN is_name_known THEN n.name ELSE coalesce(c.name, n.name) END,
                   phones = coalesce(n.phones::text[], c.phones), emails = coalesce(n.emails::text[], c.emails),
                   wechat = CASE WHEN is_card_whole THEN n.wechat ELSE coalesce(n.wechat, c.wechat) END,
                   language = CASE WHEN is_card_whole THEN n.language ELSE coalesce(n.language, c.language) END,
                   need = CASE WHEN n.need IS NULL THEN c.need
                               ELSE (coalesce(c.need, '{}') - coalesce(n.corrected::text[], '{}')) || n.need END,
                   consent = coalesce(n.consent, c.consent, consent_of_lead),
                   lead_id = coalesce(n.lead_id, c.lead_id), channel = coalesce(n.channel, c.channel),
                   grade = coalesce(n.grade, c.grade), grade_why = coalesce(n.grade_why, c.grade_why),
                   owner_id = CASE WHEN is_assigned THEN n.owner_id ELSE c.owner_id END,
                   team_id = CASE WHEN is_assigned THEN \(Self.team) ELSE c.team_id END,
                   owner_why = CASE WHEN is_assigned THEN n.owner_why ELSE c.owner_why END,
                   first_response_due_at = CASE WHEN is_assigned THEN due_at ELSE c.first_response_due_at END,
                   touches = greatest(c.touches, n.touches), is_with_service = c.is_with_service OR n.is_with_service,
                   tags = coalesce(n.tags, c.tags),
                   first_seen_at = least(c.first_seen_at, received_at), active_at = greatest(c.active_at, n.active_at),
                   stage = CASE WHEN received_at IS NOT NULL AND stage IN ('lost', 'discarded') THEN 'enquiry'
                                ELSE stage END
              FROM \(try Self.rows(of: news))
             WHERE c.uid = n.uid
            """
        )
    }

    /// Where whoever told of the owner did not name the team, it is the owner's.
    private static let team: SQL = "coalesce(n.team_id, (SELECT s.team_id FROM staff s WHERE s.id = n.owner_id))"

    /// The news as rows, `n`.
    private static func rows(of news: [CustomerNews]) throws -> SQL {
        """
        unnest(\(news.map(\.uid.uuid))::uuid[], \(news.map(\.firstAt))::timestamptz[],
               \(news.map(\.activeAt))::timestamptz[], \(news.map(\.receivedAt))::timestamptz[],
               \(news.map(\.name))::text[], \(news.map(\.isNameKnown))::bool[],
               \(news.map { $0.phones?.arrayText })::text[], \(news.map { $0.emails?.arrayText })::text[],
               \(news.map(\.wechat))::text[], \(news.map(\.language))::text[], \(news.map(\.isCardWhole))::bool[],
               \(try documents(news.map(\.need)))::jsonb[], \(try documents(news.map(\.consent)))::jsonb[],
               \(try documents(news.map(\.consentOfLead)))::jsonb[], \(news.map(\.leadID?.uuid))::uuid[],
               \(news.map(\.channel))::text[], \(news.map(\.grade))::text[],
               \(try documents(news.map(\.gradeWhy)))::jsonb[], \(news.map { $0.assigned != nil })::bool[],
               \(news.map(\.assigned?.ownerID?.uuid))::uuid[], \(news.map(\.assigned?.teamID?.uuid))::uuid[],
               \(try documents(news.map(\.assigned?.why)))::jsonb[],
               \(news.map(\.assigned?.firstResponseDueAt))::timestamptz[], \(news.map(\.touches))::bigint[],
               \(news.map(\.beginning?.leadID.uuid))::uuid[], \(news.map(\.beginning?.channel))::text[],
               \(news.map(\.beginning?.ownerID?.uuid))::uuid[], \(news.map(\.isWithService))::bool[],
               \(try documents(news.map(\.tags)))::jsonb[], \(news.map { $0.corrected.arrayText })::text[])
            AS n (uid, first_at, active_at, received_at, name, is_name_known, phones, emails, wechat, language,
                  is_card_whole, need, consent, consent_of_lead, lead_id, channel, grade, grade_why, is_assigned,
                  owner_id, team_id, owner_why, due_at, touches, begun_lead, begun_channel, begun_owner,
                  is_with_service, tags, corrected)
        """
    }

    private static func documents<Value: Encodable>(_ values: [Value?]) throws -> [JSONText?] {
        try values.map { try $0.map { try JSONText(wire: $0) } }
    }
}
