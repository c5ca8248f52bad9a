import Contracts
import Foundation
import Messaging
import Postgres

/// Who old UIDs are now, and what is known of each side of a person.
///
/// Nothing is moved by a merge: each side keeps its own card, consent and STOP, and its messages; together they are read.
struct MergedRecipientStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    // MARK: What Leads tells

    func merge(_ event: PersonMerged, at instant: Date) async throws {
        let isUndone = try await tx.first("SELECT 1 FROM undone_merges WHERE merge_id = \(event.mergeID)") { _ in true }
        guard isUndone == nil else { return }
        let survivor = try await survivor(of: event, among: event.uids)
        let consent = try await consent(of: event.uid)
        try tx.later(
            """
            INSERT INTO aliases AS a (uid, survivor, merged_at, refused_sms, refused_email, refused)
            SELECT t.uid, \(survivor), \(instant), \(consent.sms == false), \(consent.email == false),
                   \(consent.scopes.refused.names)::text[]
              FROM unnest(\(event.uids.map(\.uuid))::uuid[]) AS t (uid)
             ORDER BY t.uid
            ON CONFLICT (uid) DO UPDATE SET survivor = EXCLUDED.survivor
            """
        )
        try entrust(event.uid, event.standing)
    }

    /// What the survivor allows as such, before anybody was merged into them.
    private func consent(of uid: UID) async throws -> Consent {
        try await tx.first(
            """
            SELECT consent_sms, consent_email, consent_sequence, purposes_sequence, consent_purposes
              FROM customers WHERE uid = \(uid)
            """
        ) { try Consent(row: $0) } ?? Consent()
    }

    /// Who is left by a merge: the survivor that it names, or whom that has been merged into in the meantime.
    private func survivor(of event: PersonMerged, among uids: [UID]) async throws -> UID {
        let later = try await MergedPersonStore(tx).survivor(of: event.uid)
        guard uids.contains(later) else { return later }
        // The other way round before, which has been taken back: we shall hear of that.
        try tx.later("DELETE FROM aliases WHERE uid = \(event.uid)")
        return event.uid
    }

    func unmerge(_ event: PersonUnmerged) throws {
        try tx.later("INSERT INTO undone_merges (merge_id) VALUES (\(event.mergeID)) ON CONFLICT DO NOTHING")
        try tx.later("DELETE FROM aliases WHERE uid = \(event.unmergedUID) AND survivor = \(event.uid)")
        let companions = event.uids.filter { $0 != event.unmergedUID }
        try tx.later(
            """
            UPDATE aliases SET survivor = \(event.unmergedUID)
             WHERE uid = ANY(\(companions.map(\.uuid))::uuid[]) AND survivor = \(event.uid)
            """
        )
        try entrust(event.uid, event.standing)
        try entrust(event.unmergedUID, event.unmergedStanding)
    }

    /// Who looks after a person is who has their open lead.
    private func entrust(_ uid: UID, _ lead: StandingLead?) throws {
        guard let lead else { return }
        try tx.later(
            "UPDATE customers SET owner_id = \(lead.ownerID), team_id = \(lead.teamID) WHERE uid = \(uid)"
        )
    }

    // MARK: Reading

    /// All sides of the persons whom these UIDs belong to, by the UID that was asked for.
    func sides(of uids: [UID]) async throws -> [UID: (person: UID, sides: [RecipientSide])] {
        let rows = try await tx.all(
            """
            SELECT asked.uid AS asked, asked.person, c.uid, c.name, c.phone, c.email, c.language, c.consent_sms,
                   c.consent_email, c.consent_sequence, c.purposes_sequence, c.consent_purposes, c.consent_grounds,
                   c.agreed_sms_at, c.agreed_email_at, m.merged_at, m.refused_sms, m.refused_email, m.refused,
                   c.owner_id, c.project,
                   (SELECT at FROM opt_outs o WHERE o.uid = c.uid AND o.channel = 'sms') AS stopped_sms_at,
                   (SELECT at FROM opt_outs o WHERE o.uid = c.uid AND o.channel = 'email') AS stopped_email_at,
                   (SELECT purpose FROM opt_outs o WHERE o.uid = c.uid AND o.channel = 'email') AS stopped_email_for
              FROM (SELECT t.uid, coalesce(a.survivor, t.uid) AS person
                      FROM unnest(\(uids.map(\.uuid))::uuid[]) AS t (uid) LEFT JOIN aliases a ON a.uid = t.uid) asked
             CROSS JOIN LATERAL (SELECT asked.person AS uid, NULL::timestamptz AS merged_at, false AS refused_sms,
                                        false AS refused_email, '{}'::text[] AS refused
                                 UNION ALL
                                 SELECT a.uid, a.merged_at, a.refused_sms, a.refused_email, coalesce(a.refused, '{}')
                                   FROM aliases a WHERE a.survivor = asked.person) m
              JOIN customers c ON c.uid = m.uid
             ORDER BY asked.uid, m.merged_at NULLS FIRST, c.uid
            """
        ) { (asked: try $0["asked"] as UID, person: try $0["person"] as UID, side: try RecipientSide(row: $0)) }
        return Dictionary(grouping: rows, by: \.asked).mapValues { ($0[0].person, $0.map(\.side)) }
    }

    /// Every UID of the person whom a UID belongs to.
    static func uids(of uid: UID) -> SQL {
        let person: SQL = "coalesce((SELECT survivor FROM aliases WHERE uid = \(uid)), \(uid))"
        return "ARRAY(SELECT \(person) UNION ALL SELECT uid FROM aliases WHERE survivor = \(person))"
    }
}

extension Consent {
    /// What is stored of purposes belongs to one word of Leads: of a later one that the version before this has stored only
    /// the means are known.
    init(row: Row) throws {
        self.init(sms: try row["consent_sms"], email: try row["consent_email"])
        guard try row["consent_sequence"] as Int64 == row["purposes_sequence"] as Int64 else { return }
        purposes = try (row["consent_purposes"] as JSONText?)?.decode()
    }
}

extension RecipientSide {
    init(row: Row) throws {
        var refused = ConsentScope(names: try row["refused"] as [String])
        if try row["refused_sms"] as Bool { refused.insert(ConsentScope(by: .sms)) }
        if try row["refused_email"] as Bool { refused.insert(ConsentScope(by: .email)) }
        let isOld = try row["consent_sequence"] as Int64 != row["purposes_sequence"] as Int64
        let grounds: [ConsentGround]? = isOld ? nil : try (row["consent_grounds"] as JSONText?)?.decode()
        self.init(
            uid: try row["uid"],
            name: try row["name"],
            phone: try row["phone"],
            email: try row["email"],
            language: try row["language"],
            consent: try Consent(row: row),
            grounds: grounds ?? [],
            stoppedAt: [.sms: try row["stopped_sms_at"], .email: try row["stopped_email_at"]].present,
            stoppedMailsFor: try (row["stopped_email_for"] as String?).flatMap(ConsentPurpose.init(rawValue:)),
            agreedAt: [.sms: try row["agreed_sms_at"], .email: try row["agreed_email_at"]].present,
            mergedAt: try row["merged_at"],
            refusedByOther: refused,
            ownerID: try row["owner_id"],
            project: try row["project"]
        )
    }
}

extension [Channel: Date?] {
    /// Without the channels of which there is nothing to say.
    fileprivate var present: [Channel: Date] { compactMapValues { $0 } }
}
