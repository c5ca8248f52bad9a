import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import Web

/// The table `customers`, one customer at a time.
struct CustomerStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func customer(_ uid: UID) async throws -> Customer? {
        try await tx.first(Self.columns + " WHERE uid = \(Self.survivor(uid))", as: Self.customer)
    }

    /// Who an old UID is now.
    private static func survivor(_ uid: UID) -> SQL {
        "coalesce((SELECT survivor FROM aliases a WHERE a.uid = \(uid)), \(uid))"
    }

    /// The customer, whose row stays locked; outside of what `access` sees there is none.
    func locked(_ uid: UID, for access: Access) async throws -> Customer {
        guard access.sight.mayAct else { throw Self.notYours }
        let found = try await tx.first(
            Self.columns + " WHERE uid = \(Self.survivor(uid)) FOR UPDATE",
            as: Self.customer
        )
        guard let found, access.sees(found) else { throw Rejection.notFound("customer", uid) }
        return found
    }

    /// The customer if `access` sees them.
    func seen(_ uid: UID, by access: Access) async throws -> Customer {
        guard let found = try await customer(uid), access.sees(found) else { throw Rejection.notFound("customer", uid) }
        return found
    }

    /// A contact was logged: what was agreed replaces what was due.
    func contacted(_ contact: Contact) async throws {
        try tx.later(
            """
            UPDATE customers
               SET last_contact_at = greatest(last_contact_at, \(contact.contactedAt)),
                   last_contact_kind = \(contact.kind.rawValue), next_action = \(contact.nextAction),
                   next_at = \(contact.nextAt), active_at = greatest(active_at, \(contact.contactedAt)),
                   stage = CASE WHEN stage = 'enquiry' AND \(contact.isReached) THEN 'contacted' ELSE stage END
             WHERE uid = \(contact.uid)
            """
        )
    }

    func reached(_ stage: Customer.Stage, _ uid: UID, at now: Date) async throws {
        try tx.later(
            "UPDATE customers SET stage = \(stage.rawValue), active_at = \(now) WHERE uid = \(uid)"
        )
    }

    /// A customer's deal was lost: others may still be open.
    func lostDeal(_ uid: UID, at now: Date) async throws {
        try tx.later(
            """
            UPDATE customers c
               SET active_at = \(now),
                   stage = CASE WHEN EXISTS (SELECT 1 FROM deals d WHERE d.uid = c.uid AND d.stage = 'won') THEN 'won'
                                WHEN EXISTS (SELECT 1 FROM deals d WHERE d.uid = c.uid AND d.stage <> 'lost') THEN 'deal'
                                ELSE 'lost' END
             WHERE uid = \(uid)
            """
        )
    }

    static let notYours = Rejection(
        .forbidden,
        "not-responsible",
        "Your role may look at customers and deals, not change them."
    )

    static let columns: SQL = """
        SELECT uid, name, phones, emails, wechat, language, need, consent, lead_id, channel, grade, grade_why, owner_id,
               team_id, owner_why, first_response_due_at, stage, touches, last_contact_at, last_contact_kind,
               next_action, next_at, is_with_service, first_seen_at, active_at, tags
          FROM customers
        """

    static func customer(_ row: Row) throws -> Customer {
        Customer(
            uid: try row["uid"],
            card: PersonCard(
                name: try row["name"],
                phones: try row["phones"],
                emails: try row["emails"],
                wechat: try row["wechat"],
                language: try row["language"]
            ),
            need: try (row["need"] as JSONText?)?.decode(),
            consent: try (row["consent"] as JSONText?)?.decode(),
            leadID: try row["lead_id"],
            channel: try row["channel"],
            grade: try row["grade"],
            gradeWhy: try (row["grade_why"] as JSONText?)?.decode(),
            ownerID: try row["owner_id"],
            teamID: try row["team_id"],
            ownerWhy: try (row["owner_why"] as JSONText?)?.decode(),
            firstResponseDueAt: try row["first_response_due_at"],
            stage: Customer.Stage(rawValue: try row["stage"]) ?? .enquiry,
            touches: Int(try row["touches"] as Int32),
            lastContactAt: try row["last_contact_at"],
            lastContactKind: try row["last_contact_kind"],
            nextAction: try row["next_action"],
            nextAt: try row["next_at"],
            isWithService: try row["is_with_service"],
            firstSeenAt: try row["first_seen_at"],
            activeAt: try row["active_at"],
            tags: try (row["tags"] as JSONText?)?.decode() ?? []
        )
    }
}
