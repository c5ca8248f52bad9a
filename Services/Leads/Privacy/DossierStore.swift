import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that reads all that is held about a person.
struct DossierStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What they sent, also what was the same once more.
    func submissions(of side: Side) async throws -> [PersonDossier.Sent] {
        try await tx.all(
            """
            WITH told AS (
                SELECT id FROM submissions
                 WHERE lead_id = ANY(\(side.leads.map(\.id.uuid))::uuid[])
                    OR id = ANY(\(side.tellings.compactMap(\.submissionID))::uuid[])
            ), theirs AS (
                SELECT id FROM told
                 UNION
                SELECT s.id FROM told t JOIN submissions f USING (id)
                  JOIN submissions s USING (channel, submission_key) WHERE s.duplicate_of = f.id
            )
            SELECT s.received_at, s.channel, s.outcome, s.body FROM theirs JOIN submissions s USING (id)
             ORDER BY s.received_at, s.id
            """
        ) { row in
            PersonDossier.Sent(
                at: try row["received_at"],
                channel: try row["channel"],
                outcome: try row["outcome"],
                body: String(decoding: (try row["body"] as Bytes).bytes, as: UTF8.self)
            )
        }
    }

    /// What every table has of them that is no part of its own.
    func held(of side: Side) async throws -> [String: [RawJSON]] {
        let person = Holdings.Person(uids: side.members, things: side.leads.map(\.id.uuid))
        var held: [String: [RawJSON]] = [:]
        for table in Holdings.leads.tables {
            held[table.name] = try await tx.held(table, of: person)?.map { RawJSON(text: $0) }
        }
        return held
    }

    /// Of those who came by their recommendation no more than that somebody did.
    func referrals(of uids: [UID]) async throws -> [PersonDossier.Referred] {
        let ids = uids.map(\.uuid)
        return try await tx.all(
            """
            SELECT \(ReferralStore.columns), coalesce(r.referrer = ANY(\(ids)::uuid[]), false) AS is_theirs FROM referrals r
             WHERE r.referrer = ANY(\(ids)::uuid[]) OR r.referred = ANY(\(ids)::uuid[]) ORDER BY r.arrived_at, r.id
            """
        ) { row in
            let referral = try Referral(row: row)
            let isTheirs: Bool = try row["is_theirs"]
            return PersonDossier.Referred(
                at: referral.arrivedAt,
                code: isTheirs ? referral.code : "–",
                isTheirs: isTheirs,
                state: referral.state.rawValue,
                rewards: isTheirs ? referral.rewards : [],
                paidAt: isTheirs ? referral.paidAt : nil,
                reference: isTheirs ? referral.reference : nil
            )
        }
    }

    func events(of uids: [UID], _ subjects: [String]) async throws -> [PersonDossier.Event] {
        try await tx.all(
            """
            SELECT occurred_at, name, actor, data::text AS data FROM journal
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) OR subject = ANY(\(subjects)::text[]) ORDER BY position
            """
        ) { row in
            PersonDossier.Event(
                at: try row["occurred_at"],
                name: try row["name"],
                by: try row["actor"],
                data: RawJSON(text: try row["data"])
            )
        }
    }
}
