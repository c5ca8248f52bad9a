import Contracts
import Foundation
import Messaging
import Postgres

/// The staff as Sales last told of them.
struct StaffStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Keeps what was told, unless something newer is known.
    ///
    /// What left stays, since old cases name them.
    func keep(_ member: StaffChanged, sequence: Int64) async throws {
        try await tx.execute(
            """
            INSERT INTO staff (id, name, role, team_id, is_on_shift, is_active, sign_in_epoch, sequence)
            VALUES (\(member.staffID), \(member.name), \(member.role), \(member.teamID), \(member.isOnShift),
                    \(member.isActive), \(member.signInEpoch ?? 0)::integer, \(sequence))
            ON CONFLICT (id) DO UPDATE
               SET name = EXCLUDED.name, role = EXCLUDED.role, team_id = EXCLUDED.team_id,
                   is_on_shift = EXCLUDED.is_on_shift, is_active = EXCLUDED.is_active,
                   sign_in_epoch = EXCLUDED.sign_in_epoch, sequence = EXCLUDED.sequence
             WHERE staff.sequence < EXCLUDED.sequence
            """
        )
    }

    /// Who could own a case, with what each has to do already.
    func candidates() async throws -> [OwnerChoice.Candidate] {
        try await tx.all(
            """
            SELECT s.id, s.role, s.last_given_at,
                   (SELECT count(*) FROM cases c WHERE c.owner_id = s.id AND c.status = 'open') AS open_cases
              FROM staff s
             WHERE s.is_active AND s.is_on_shift AND s.role IN ('service', 'supervisor')
            """
        ) { row in
            OwnerChoice.Candidate(
                id: try row["id"],
                role: try row["role"],
                openCases: try row["open_cases"],
                lastGivenAt: try row["last_given_at"]
            )
        }
    }

    /// Notes that somebody was given a case, so that the next one goes to another.
    func noteGiven(to id: StaffID, at now: Date) async throws {
        try await tx.execute("UPDATE staff SET last_given_at = \(now) WHERE id = \(id)")
    }

    /// Everybody of these roles who still works here, by name.
    func active(roles: [String]) async throws -> [StaffMember] {
        try await tx.all(
            """
            SELECT id, name, role, is_on_shift, is_active
              FROM staff
             WHERE is_active AND role = ANY(\(roles)::text[])
             ORDER BY name, id
            """,
            as: StaffMember.init(row:)
        )
    }

    func member(_ id: StaffID) async throws -> StaffMember? {
        try await tx.first(
            "SELECT id, name, role, is_on_shift, is_active FROM staff WHERE id = \(id)",
            as: StaffMember.init(row:)
        )
    }

    /// What people are called; somebody who is not known yet is missing.
    func names(of ids: some Sequence<StaffID>) async throws -> [StaffID: String] {
        let wanted = Set(ids).map(\.uuid)
        guard !wanted.isEmpty else { return [:] }
        let pairs = try await tx.all("SELECT id, name FROM staff WHERE id = ANY(\(wanted)::uuid[])") { row in
            (try row["id"] as StaffID, try row["name"] as String)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

extension StaffMember {
    init(row: Row) throws {
        self.init(
            id: try row["id"],
            name: try row["name"],
            role: try row["role"],
            isOnShift: try row["is_on_shift"],
            isActive: try row["is_active"]
        )
    }
}
