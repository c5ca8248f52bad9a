import Contracts
import Foundation
import Messaging
import Postgres

/// The table `customers` as merges of persons change it, beside what ``FollowMerges`` does with every service's tables.
struct MergedCustomerStore: Sendable {
    /// What goes with a person: a customer's row is laid aside, so that no list shows it.
    static let merges = FollowMerges(moving: ["contacts", "deals"], layingAside: "customers")

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The survivor is as far along as the further of the two.
    func bring(_ merged: UID, to survivor: UID, at now: Date) throws {
        // Leads may tell of the merge before it has told anything else of them.
        try tx.later(
            """
            INSERT INTO customers (uid, first_seen_at, active_at) VALUES (\(survivor), \(now), \(now)) ON CONFLICT DO NOTHING
            """
        )
        try tx.later(
            """
            INSERT INTO merged_people (uid, was, stage_before, stage_after)
            SELECT m.uid, to_jsonb(m), s.stage,
                   CASE WHEN \(Self.rank("m")) > \(Self.rank("s")) THEN m.stage ELSE s.stage END
              FROM customers m, customers s WHERE m.uid = \(merged) AND s.uid = \(survivor)
            ON CONFLICT (uid) DO NOTHING
            """
        )
    }

    private static func rank(_ row: SQL) -> SQL {
        "array_position('{discarded,lost,enquiry,contacted,deal,won}'::text[], \(row).stage)"
    }

    func note(_ merged: UID, in survivor: UID) throws {
        try tx.later(
            """
            UPDATE customers c SET stage = p.stage_after FROM merged_people p
             WHERE c.uid = \(survivor) AND p.uid = \(merged) AND c.stage = p.stage_before
            """
        )
    }

    /// What the merge made of the survivor's stage is taken back, unless it has changed since.
    func giveBack(_ merged: UID, of survivor: UID) throws {
        try tx.later(
            """
            UPDATE customers c SET stage = p.stage_before FROM merged_people p
             WHERE c.uid = \(survivor) AND p.uid = \(merged) AND c.stage = p.stage_after
            """
        )
    }

    /// Who looks after a person is who has their open lead.
    func entrust(_ uid: UID, _ lead: StandingLead?) throws {
        guard let lead else { return }
        try tx.later(
            """
            UPDATE customers SET lead_id = \(lead.leadID), owner_id = \(lead.ownerID), team_id = \(lead.teamID)
             WHERE uid = \(uid)
            """
        )
    }
}
