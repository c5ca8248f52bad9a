import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// The SQL of sides: reading all that is a person's, and moving it.
struct SideStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Locks persons with everything that says who they are, as intake does and in its order.
    /// - Throws: a lost race when one of them has been merged into another meanwhile.
    func lock(_ uids: [UID]) async throws {
        let persons = PersonStore(tx)
        try await persons.lockIdentifiers(of: uids)
        guard try await persons.locked(uids).count == Set(uids).count else { throw SideStore.lostRace }
        let now = try await AliasStore(tx).survivors(of: uids)
        guard now.allSatisfy({ $0.key == $0.value }) else { throw SideStore.lostRace }
    }

    /// A person with all that is theirs, locked; more may be told of them then.
    func taken(_ uid: UID) async throws -> Side {
        try await lock([uid])
        guard let side = try await load([uid], locking: true)[uid] else { throw Rejection.notFound("person", uid) }
        return side
    }

    static let lostRace = PostgresError(sqlState: "40001", message: "the person has been merged meanwhile")

    /// All that is these persons'; who is not there is missing.
    func load(_ uids: [UID], locking: Bool = false) async throws -> [UID: Side] {
        let tree = try await AliasStore(tx).tree(of: uids)
        let members = Dictionary(uids.map { ($0, tree.members(of: $0)) }) { first, _ in first }
        let tellings = TellingStore(tx)
        let everybody = members.values.flatMap(\.self)
        if locking { try await tellings.adopt(everybody) }
        let told = Dictionary(grouping: try await tellings.of(everybody), by: \.origin)
        let identifiers = Dictionary(grouping: try await identifiers(of: uids), by: \.uid)
        let leads = Dictionary(grouping: try await leads(of: uids, locking ? "FOR UPDATE" : ""), by: \.uid)
        let sides = members.map { uid, members in
            let side = Side(
                uid: uid,
                members: members,
                identifiers: identifiers[uid, default: []].map(\.held),
                tellings: members.flatMap { told[$0, default: []] },
                leads: leads[uid, default: []].map(\.lead)
            )
            return (uid, side)
        }
        return Dictionary(sides) { first, _ in first }
    }

    private func identifiers(of uids: [UID]) async throws -> [(uid: UID, held: HeldIdentifier)] {
        try await tx.all(
            """
            SELECT uid, kind, value, coalesce(origin, uid) AS origin FROM identifiers
             WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) ORDER BY created_at, kind DESC, value
            """
        ) { row in
            (try row["uid"], HeldIdentifier(identifier: try PersonStore.identifier(row), origin: try row["origin"]))
        }
    }

    private func leads(of uids: [UID], _ lock: SQL) async throws -> [(uid: UID, lead: PersonLead)] {
        try await tx.all(
            """
            SELECT id, uid, coalesce(origin, uid) AS origin, status, hidden_status, merged_into, hidden_at, owner_id,
                   team_id, response_step, response_due_at
              FROM leads WHERE uid = ANY(\(uids.map(\.uuid))::uuid[]) ORDER BY id \(lock)
            """
        ) { row in
            let hidden: String? = try row["hidden_status"]
            let lead = PersonLead(
                id: try row["id"],
                origin: try row["origin"],
                status: Lead.Status(rawValue: try row["status"]) ?? .open,
                hiddenStatus: hidden.flatMap(Lead.Status.init(rawValue:)),
                mergedInto: try row["merged_into"],
                hiddenAt: try row["hidden_at"],
                ownerID: try row["owner_id"],
                teamID: try row["team_id"],
                step: ResponseStep(rawValue: try row["response_step"]) ?? .stopped,
                responseDueAt: try row["response_due_at"]
            )
            return (try row["uid"], lead)
        }
    }

    /// Gives what was told of these UIDs, of all that is one person's, to another.
    func move(_ members: [UID], from uid: UID, to other: UID) throws {
        let members = members.map(\.uuid)
        try tx.later(
            """
            UPDATE identifiers SET origin = coalesce(origin, uid), uid = \(other)
             WHERE uid = \(uid) AND coalesce(origin, uid) = ANY(\(members)::uuid[])
            """
        )
        try tx.later(
            """
            UPDATE leads SET origin = coalesce(origin, uid), uid = \(other)
             WHERE uid = \(uid) AND coalesce(origin, uid) = ANY(\(members)::uuid[])
            """
        )
    }

    /// Lets leads wait behind another.
    func hide(_ leads: [PersonLead]) throws {
        guard !leads.isEmpty else { return }
        try tx.later(
            """
            UPDATE leads l
               SET status = 'merged', hidden_status = t.hidden_status, merged_into = t.behind, hidden_at = t.at
              FROM unnest(\(leads.map(\.id.uuid))::uuid[], \(leads.map { $0.hiddenStatus?.rawValue })::text[],
                          \(leads.map { $0.mergedInto?.uuid })::uuid[], \(leads.map(\.hiddenAt))::timestamptz[])
                   AS t (id, hidden_status, behind, at)
             WHERE l.id = t.id
            """
        )
    }

    /// Lets leads come back.
    func revive(_ leads: [PersonLead]) throws {
        for lead in leads {
            try tx.later(
                """
                UPDATE leads
                   SET status = \(lead.status.rawValue), hidden_status = NULL, merged_into = NULL, hidden_at = NULL,
                       response_due_at = \(lead.responseDueAt)
                 WHERE id = \(lead.id)
                """
            )
        }
    }
}
