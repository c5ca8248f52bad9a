import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that reads all that is held about a person.
struct DossierStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func submissions(of leads: [LeadID]) async throws -> [PersonDossier.Sent] {
        try await tx.all(
            """
            SELECT received_at, channel, outcome, body FROM submissions
             WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[]) ORDER BY received_at, id
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
