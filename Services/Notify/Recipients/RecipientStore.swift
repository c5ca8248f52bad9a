import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The customers and staff that we may have to write to.
struct RecipientStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    // MARK: What the others tell

    /// Keeps cards and consents unless newer ones are known.
    func save(_ people: [(person: PersonIdentified, sequence: Int64)]) async throws {
        let all = people.map(\.person)
        try tx.later(
            """
            INSERT INTO customers AS c (uid, name, phone, email, language, consent_sms, consent_email, consent_purposes,
                                        consent_grounds, card_sequence, consent_sequence, purposes_sequence)
            SELECT DISTINCT ON (uid) uid, name, phone, email, language, sms, mail, purposes, grounds, sequence, sequence,
                   sequence
              FROM unnest(\(all.map(\.uid.uuid))::uuid[], \(all.map(\.person.name))::text[],
                          \(all.map(\.person.phones.first))::text[], \(all.map(\.person.emails.first))::text[],
                          \(all.map(\.person.language))::text[], \(all.map(\.consent.sms))::bool[],
                          \(all.map(\.consent.email))::bool[],
                          \(try all.map { try $0.consent.storedPurposes })::jsonb[],
                          \(try all.map { try $0.grounds.map { try JSONText(wire: $0) } })::jsonb[],
                          \(people.map(\.sequence))::bigint[])
                AS t (uid, name, phone, email, language, sms, mail, purposes, grounds, sequence)
             ORDER BY uid, sequence DESC
            ON CONFLICT (uid) DO UPDATE
               SET name = EXCLUDED.name, phone = EXCLUDED.phone, email = EXCLUDED.email,
                   language = EXCLUDED.language, card_sequence = EXCLUDED.card_sequence,
                   consent_sms = CASE WHEN c.consent_sequence < EXCLUDED.consent_sequence
                                      THEN EXCLUDED.consent_sms ELSE c.consent_sms END,
                   consent_email = CASE WHEN c.consent_sequence < EXCLUDED.consent_sequence
                                        THEN EXCLUDED.consent_email ELSE c.consent_email END,
                   consent_purposes = CASE WHEN c.consent_sequence < EXCLUDED.consent_sequence
                                           THEN EXCLUDED.consent_purposes ELSE c.consent_purposes END,
                   consent_grounds = CASE WHEN c.consent_sequence < EXCLUDED.consent_sequence
                                          THEN EXCLUDED.consent_grounds ELSE c.consent_grounds END,
                   purposes_sequence = CASE WHEN c.consent_sequence < EXCLUDED.consent_sequence
                                            THEN EXCLUDED.consent_sequence ELSE c.purposes_sequence END,
                   consent_sequence = greatest(c.consent_sequence, EXCLUDED.consent_sequence)
             WHERE c.card_sequence < EXCLUDED.card_sequence
            """
        )
    }

    /// Keeps a consent unless a newer one is known.
    func save(_ change: ConsentChanged, sequence: Int64) async throws {
        try tx.later(
            """
            INSERT INTO customers AS c (uid, consent_sms, consent_email, consent_purposes, consent_grounds,
                                        consent_sequence, purposes_sequence)
            VALUES (\(change.uid), \(change.consent.sms), \(change.consent.email), \(try change.consent.storedPurposes),
                    \(try change.grounds.map { try JSONText(wire: $0) }), \(sequence), \(sequence))
            ON CONFLICT (uid) DO UPDATE
               SET consent_sms = EXCLUDED.consent_sms, consent_email = EXCLUDED.consent_email,
                   consent_purposes = EXCLUDED.consent_purposes, consent_grounds = EXCLUDED.consent_grounds,
                   consent_sequence = EXCLUDED.consent_sequence, purposes_sequence = EXCLUDED.purposes_sequence
             WHERE c.consent_sequence < EXCLUDED.consent_sequence
            """
        )
    }

    /// Remembers people of whom only a lead or contract has told; what Leads itself says of them goes before.
    func remember(_ people: [(uid: UID, card: PersonCard, consent: Consent?)]) async throws {
        guard !people.isEmpty else { return }
        try tx.later(
            """
            INSERT INTO customers (uid, name, phone, email, language, consent_sms, consent_email, consent_purposes)
            SELECT DISTINCT ON (uid) *
              FROM unnest(\(people.map(\.uid.uuid))::uuid[], \(people.map(\.card.name))::text[],
                          \(people.map(\.card.phones.first))::text[], \(people.map(\.card.emails.first))::text[],
                          \(people.map(\.card.language))::text[], \(people.map(\.consent?.sms))::bool[],
                          \(people.map(\.consent?.email))::bool[],
                          \(try people.map { try $0.consent?.storedPurposes })::jsonb[])
                AS t (uid, name, phone, email, language, consent_sms, consent_email, consent_purposes)
             ORDER BY uid
            ON CONFLICT (uid) DO NOTHING
            """
        )
    }

    /// Notes which project people asked for or bought in; one that is not named changes nothing.
    func setProjects(_ projects: [(uid: UID, project: String?)]) async throws {
        let named = projects.compactMap { one in one.project.map { (uid: one.uid, project: $0) } }
        let last = Dictionary(named.map { ($0.uid, $0.project) }) { _, later in later }.sorted { $0.key < $1.key }
        guard !last.isEmpty else { return }
        try tx.later(
            """
            UPDATE customers c SET project = t.project
              FROM unnest(\(last.map(\.key.uuid))::uuid[], \(last.map(\.value))::text[]) AS t (uid, project)
             WHERE c.uid = t.uid
            """
        )
    }

    /// Notes who answers for people now.
    func setOwners(_ leads: [LeadAssigned]) async throws {
        try tx.later(
            """
            UPDATE customers c SET owner_id = t.owner_id, team_id = t.team_id
              FROM unnest(\(leads.map(\.uid.uuid))::uuid[], \(leads.map { $0.ownerID?.uuid })::uuid[],
                          \(leads.map { $0.teamID?.uuid })::uuid[]) AS t (uid, owner_id, team_id)
             WHERE c.uid = t.uid
            """
        )
    }

    func noteCase(of uid: UID) async throws {
        try tx.later("UPDATE customers SET has_case = true WHERE uid = \(uid) AND NOT has_case")
    }

    /// Keeps a member of staff unless a newer word is known.
    func save(_ staff: StaffChanged, sequence: Int64) async throws {
        try tx.later(
            """
            INSERT INTO staff AS s (staff_id, name, email, phone, role, team_id, manager_id, language, is_active,
                                    sign_in_epoch, sequence)
            VALUES (\(staff.staffID), \(staff.name), \(staff.email), \(staff.phone), \(staff.role), \(staff.teamID),
                    \(staff.managerID), \(staff.language), \(staff.isActive), \(staff.signInEpoch ?? 0)::integer,
                    \(sequence))
            ON CONFLICT (staff_id) DO UPDATE
               SET name = EXCLUDED.name, email = EXCLUDED.email, phone = EXCLUDED.phone, role = EXCLUDED.role,
                   team_id = EXCLUDED.team_id, manager_id = EXCLUDED.manager_id, language = EXCLUDED.language,
                   is_active = EXCLUDED.is_active, sign_in_epoch = EXCLUDED.sign_in_epoch,
                   sequence = EXCLUDED.sequence
             WHERE s.sequence < EXCLUDED.sequence
            """
        )
    }

    // MARK: Opting out

    /// Notes that somebody wants no more of a channel; returns whether that is news, as it is when they have agreed to
    /// something since the last time.
    func optOut(
        _ uid: UID,
        of channel: Channel,
        for purpose: ConsentPurpose? = nil,
        source: String,
        at now: Date
    ) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO opt_outs AS o (uid, channel, source, at, purpose)
            VALUES (\(uid), \(channel.rawValue), \(source), \(now), \(purpose?.rawValue))
            ON CONFLICT (uid, channel) DO UPDATE
               SET source = EXCLUDED.source, at = EXCLUDED.at, purpose = EXCLUDED.purpose
             WHERE o.purpose IS NOT NULL AND EXCLUDED.purpose IS DISTINCT FROM o.purpose
                OR EXISTS (SELECT FROM customers c, jsonb_array_elements(c.consent_grounds) AS g
                            WHERE c.uid = o.uid AND (g ->> 'allows')::boolean AND (g ->> 'at')::timestamptz > o.at)
            """
        ) > 0
    }

    /// Somebody agreed to a channel, as Leads told before it told what that goes by: that takes back an opting out that
    /// came before.
    func agree(_ uid: UID, to channel: Channel, at instant: Date) throws {
        try tx.later("DELETE FROM opt_outs WHERE uid = \(uid) AND channel = \(channel.rawValue) AND at < \(instant)")
        let column: SQL = channel == .sms ? "agreed_sms_at" : "agreed_email_at"
        try tx.later("UPDATE customers SET \(column) = greatest(\(column), \(instant)) WHERE uid = \(uid)")
    }

    /// Everybody whose card has a number, by the UIDs that their cards were told of.
    func people(withPhone phone: String) async throws -> [UID] {
        try await tx.all("SELECT uid FROM customers WHERE phone = \(phone) ORDER BY uid") { try $0["uid"] }
    }

    // MARK: Reading

    /// People by the UIDs that were asked for; somebody who was merged is the whole person.
    func customers(_ ids: [UID]) async throws -> [UID: Customer] {
        guard !ids.isEmpty else { return [:] }
        return try await MergedRecipientStore(tx).sides(of: ids)
            .compactMapValues { Customer($0.person, sides: $0.sides) }
    }

    /// What everybody of ours is called.
    func staffNames() async throws -> [StaffID: String] {
        let all = try await tx.all("SELECT staff_id, name FROM staff") {
            (try $0["staff_id"] as StaffID, try $0["name"] as String)
        }
        return Dictionary(uniqueKeysWithValues: all)
    }

    func staff(_ ids: [StaffID]) async throws -> [StaffID: StaffMember] {
        guard !ids.isEmpty else { return [:] }
        let found = try await tx.all(
            """
            SELECT staff_id, name, email, phone, manager_id, language, is_active
              FROM staff
             WHERE staff_id = ANY(\(ids.map(\.uuid))::uuid[])
            """
        ) { try StaffMember(row: $0) }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }
}

extension Consent {
    fileprivate var storedPurposes: JSONText? {
        get throws { try purposes.map { try JSONText(wire: $0) } }
    }
}

extension StaffMember {
    init(row: Row) throws {
        self.init(
            id: try row["staff_id"],
            name: try row["name"],
            email: try row["email"],
            phone: try row["phone"],
            managerID: try row["manager_id"],
            language: Language(ofRecipient: try row["language"]),
            isActive: try row["is_active"]
        )
    }
}
