import Contracts
import Foundation
import Messaging
import Policies
import Postgres

/// The SQL of what rules look at, of leads that exist already.
struct LeadFactsStore: Sendable {
    /// A lead as the rules see it.
    struct Seen: Sendable {
        let leadID: LeadID
        let receivedAt: Date
        let facts: LeadFacts
        /// Who had the person's lead before this one.
        let previousOwner: StaffID?
        /// Who has entered it by hand.
        let enteredBy: StaffID?
        /// From what it was decided first whose it is; nil where a person has, or it is not kept any more.
        let rosterID: UUID?
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func seen(_ leads: [LeadID]) async throws -> [LeadID: Seen] {
        let seen = try await seen(where: "l.id = ANY(\(leads.map(\.uuid))::uuid[])")
        return Dictionary(seen.map { ($0.leadID, $0) }) { first, _ in first }
    }

    /// How many leads have arrived since, up to a bound that tells enough.
    func count(since: Date, atMost limit: Int) async throws -> Int {
        try await tx.first(
            """
            SELECT count(*) AS count FROM (SELECT FROM leads WHERE received_at >= \(since) LIMIT \(limit)) AS recent
            """
        ) { try $0["count"] } ?? 0
    }

    /// The next leads after a place, in the order of their arrival; of every 256 about so many, chosen by their id.
    func sample(
        after place: (at: Date, id: UUID),
        until end: Date,
        of256 share: Int,
        limit: Int
    ) async throws -> [Seen] {
        try await seen(
            where: """
                (l.received_at, l.id) > (\(place.at), \(place.id)) AND l.received_at < \(end)
                   AND get_byte(uuid_send(l.id), 15) < \(share)::bigint
                 ORDER BY l.received_at, l.id LIMIT \(limit)
                """
        )
    }

    private func seen(where condition: SQL) async throws -> [Seen] {
        let calendar = try await BusinessCalendarStore(tx).current().value
        return try await tx.all(
            """
            SELECT l.id, l.received_at, l.channel, coalesce(c.kind, 'unknown') AS channel_kind, l.campaign, l.grade,
                   l.project, l.district, l.need, l.message IS NOT NULL AS has_written, p.language,
                   coalesce(y.stage, 'potential') AS stage, asked.facts -> 'answer' AS answers, asked.entered_by,
                   asked.roster_id,
                   ARRAY(SELECT DISTINCT i.kind FROM identifiers i WHERE i.uid = l.uid ORDER BY 1) AS reach,
                   before.id IS NOT NULL AS is_returning,
                   before.owner_id AS previous_owner,
                   EXISTS (SELECT FROM referrals r WHERE r.lead_id = l.id) AS is_referred,
                   ARRAY(SELECT t.key || '=' || t.value FROM tags t WHERE t.uid = l.uid AND t.is_winner ORDER BY 1) AS tags
              FROM leads l
              JOIN persons p ON p.uid = l.uid
              LEFT JOIN channels c ON c.name = l.channel
              LEFT JOIN life_cycles y ON y.uid = l.uid
              LEFT JOIN LATERAL (SELECT d.roster_id, d.question -> 'facts' AS facts,
                                        (d.question ->> 'enteredBy')::uuid AS entered_by
                                   FROM decisions d
                                  WHERE d.lead_id = l.id AND d.kind = 'assign' AND d.question IS NOT NULL
                                  ORDER BY d.id LIMIT 1) AS asked ON true
              LEFT JOIN LATERAL (SELECT b.id, b.owner_id FROM leads b
                                  WHERE b.uid = l.uid AND b.id < l.id ORDER BY b.id DESC LIMIT 1) AS before ON true
             WHERE \(condition)
            """
        ) { row in
            let receivedAt: Date = try row["received_at"]
            return Seen(
                leadID: try row["id"],
                receivedAt: receivedAt,
                facts: try facts(row, at: LocalTime(receivedAt), calendar),
                previousOwner: try row["previous_owner"],
                enteredBy: try row["entered_by"],
                rosterID: try row["roster_id"]
            )
        }
    }

    private func facts(_ row: Row, at local: LocalTime, _ calendar: BusinessCalendar) throws -> LeadFacts {
        let stored: JSONText? = try row["need"]
        let need: Need? = try stored?.decode()
        var facts = LeadFacts(need, at: local, isOpen: calendar.isOpen(at: local))
        facts[.channel] = [try row["channel"]]
        facts[.channelKind] = [try row["channel_kind"]]
        facts[.grade] = [try row["grade"]]
        facts[.campaign] = [try row["campaign"] as String?].compactMap { $0 }
        facts[.language] = [try row["language"] as String?].compactMap { $0 }
        if facts[.project].isEmpty { facts[.project] = [try row["project"] as String?].compactMap { $0 } }
        if facts[.district].isEmpty { facts[.district] = [try row["district"] as String?].compactMap { $0 } }
        facts[.tag] = try row["tags"]
        facts[.stage] = [try row["stage"]]
        let reach: [String] = try row["reach"]
        facts[.reach] = reach.filter { PersonIdentifier.Kind.reaching.map(\.rawValue).contains($0) }
        facts[.answer] = try (row["answers"] as JSONText?)?.decode() ?? []
        if try row["has_written"] { facts[.wrote] = ["yes"] }
        if try row["entered_by"] as StaffID? != nil { facts[.byHand] = ["yes"] }
        if try row["is_returning"] { facts[.returning] = ["yes"] }
        if try row["is_referred"] { facts[.referred] = ["yes"] }
        return facts
    }
}
