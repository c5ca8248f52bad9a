import Contracts
import Failures
import Foundation
import Postgres
import Web

/// The tables `staff` and `teams`.
struct StaffStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Everybody, by mail address.
    func everybody() async throws -> [Staff] {
        try await tx.all(Self.columns + " ORDER BY s.email", as: Self.staff)
    }

    func staff(_ id: StaffID) async throws -> Staff {
        guard let staff = try await tx.first(Self.columns + " WHERE s.id = \(id)", as: Self.staff) else {
            throw Rejection.notFound("member of staff", id)
        }
        return staff
    }

    /// Who signs in with an address, with the hash of the password.
    func credentials(_ email: String) async throws -> (staff: Staff, hash: PasswordHash)? {
        try await tx.first(Self.columns + " WHERE s.email = \(email)") { row in
            (try Self.staff(row), PasswordHash(text: try row["password_hash"]))
        }
    }

    /// The names of some people, for pages.
    func names(_ ids: Set<StaffID>) async throws -> [StaffID: String] {
        guard !ids.isEmpty else { return [:] }
        let pairs = try await tx.all("SELECT id, name FROM staff WHERE id = ANY(\(ids.map(\.uuid))::uuid[])") { row in
            (id: try row["id"] as StaffID, name: try row["name"] as String)
        }
        return Dictionary(pairs.map { ($0.id, $0.name) }) { first, _ in first }
    }

    /// Those of a team who are active, by name: for choosing one.
    func members(of team: TeamID) async throws -> [Staff] {
        try await tx.all(Self.columns + " WHERE s.team_id = \(team) AND s.is_active ORDER BY s.name", as: Self.staff)
    }

    /// Goes on or off shift; false when it was so already.
    func setShift(_ id: StaffID, isOnShift: Bool) async throws -> Bool {
        try await tx.execute(
            "UPDATE staff SET is_on_shift = \(isOnShift) WHERE id = \(id) AND is_on_shift <> \(isOnShift)"
        ) > 0
    }

    /// Another password ends every sign-in from before.
    func setPassword(_ id: StaffID, _ hash: PasswordHash) async throws {
        try await tx.execute(
            """
            UPDATE staff SET password_hash = \(hash.text), sign_in_epoch = sign_in_epoch + 1 WHERE id = \(id)
            """
        )
    }

    /// Leaves or comes back; false when it was so already.
    ///
    /// What was signed in before the leaving stays ended after the coming back.
    func setActive(_ id: StaffID, _ isActive: Bool) async throws -> Bool {
        try await tx.execute(
            """
            UPDATE staff SET is_active = \(isActive), sign_in_epoch = sign_in_epoch + \(isActive ? 0 : 1)::integer
             WHERE id = \(id) AND is_active <> \(isActive)
            """
        ) > 0
    }

    /// Which of these addresses belong to somebody.
    func known(_ emails: [String]) async throws -> Set<String> {
        Set(try await tx.all("SELECT email FROM staff WHERE email = ANY(\(emails)::text[])") { try $0["email"] })
    }

    /// One writer at a time: two replicas that start together seed once.
    func lockForSeeding() async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sales.staff.seed', 0))")
    }

    func upsert(_ team: StaffSeed.Team) async throws {
        try await tx.execute(
            """
            INSERT INTO teams (id, key, name_en, name_zh)
            VALUES (\(UUID.v7()), \(team.key), \(team.name.en), \(team.name.zh))
            ON CONFLICT (key) DO UPDATE SET name_en = EXCLUDED.name_en, name_zh = EXCLUDED.name_zh
            """
        )
    }

    /// Writes what the seed says of a person.
    ///
    /// Whether they are on shift, and their password, is theirs to change: both are only set for somebody new.
    func upsert(_ person: StaffSeed.Person, of team: StaffSeed.Team?, hash: PasswordHash?, at now: Date) async throws {
        let projects = person.projects ?? team?.projects ?? []
        let districts = person.districts ?? team?.regions ?? []
        let changed = try await tx.execute(
            """
            UPDATE staff
               SET name = \(person.name), phone = \(person.phone), role = \(person.staffRole.rawValue),
                   team_id = (SELECT id FROM teams WHERE key = \(team?.key)), projects = \(projects)::text[],
                   districts = \(districts)::text[], capacity = \(person.openLeads), language = \(person.tongue),
                   scope = \(person.scope), is_active = coalesce(\(person.active), is_active),
                   sign_in_epoch = sign_in_epoch + CASE
                       WHEN is_active AND NOT coalesce(\(person.active), true) THEN 1
                       -- A token says how far its holder sees: another role, team or project needs another token.
                       WHEN (role, scope, projects) IS DISTINCT FROM
                            (\(person.staffRole.rawValue), \(person.scope), \(projects)::text[]) THEN 1
                       WHEN team_id IS DISTINCT FROM (SELECT id FROM teams WHERE key = \(team?.key)) THEN 1
                       ELSE 0 END
             WHERE email = \(person.address)
            """
        )
        guard changed == 0, let hash else { return }
        try await tx.execute(
            """
            INSERT INTO staff (id, email, name, phone, role, team_id, projects, districts, capacity, language,
                               scope, is_active, password_hash, created_at)
            VALUES (\(StaffID.new()), \(person.address), \(person.name), \(person.phone),
                    \(person.staffRole.rawValue), (SELECT id FROM teams WHERE key = \(team?.key)),
                    \(projects)::text[], \(districts)::text[], \(person.openLeads), \(person.tongue), \(person.scope),
                    \(person.active ?? true), \(hash.text), \(now))
            """
        )
    }

    /// A team is led by its manager, the service desk by its supervisor.
    func appointManagers() async throws {
        try await tx.execute(
            """
            UPDATE teams t
               SET manager_id = (
                   SELECT s.id FROM staff s
                    WHERE s.team_id = t.id AND s.is_active AND s.role IN ('manager', 'supervisor')
                    ORDER BY s.created_at, s.email LIMIT 1
               )
            """
        )
    }

    private static let columns: SQL = """
        SELECT s.id, s.email, s.name, s.phone, s.role, s.team_id, s.projects, s.districts, s.capacity, s.is_on_shift,
               s.is_active, s.language, s.scope, s.sign_in_epoch, s.password_hash, t.manager_id,
               CASE WHEN s.language = 'en' THEN t.name_en ELSE t.name_zh END AS team_name
          FROM staff s LEFT JOIN teams t ON t.id = s.team_id
        """

    private static func staff(_ row: Row) throws -> Staff {
        let teamID: TeamID? = try row["team_id"]
        let teamName: String? = try row["team_name"]
        let managerID: StaffID? = try row["manager_id"]
        return Staff(
            id: try row["id"],
            email: try row["email"],
            name: try row["name"],
            phone: try row["phone"],
            role: StaffRole(rawValue: try row["role"]) ?? .agent,
            team: teamID.map { Staff.Team(id: $0, name: teamName ?? "", managerID: managerID) },
            projects: try row["projects"],
            districts: try row["districts"],
            capacity: Int(try row["capacity"] as Int32),
            isOnShift: try row["is_on_shift"],
            isActive: try row["is_active"],
            language: try row["language"],
            scope: (try row["scope"] as String?).map { Scope($0) },
            signInEpoch: Int(try row["sign_in_epoch"] as Int32)
        )
    }
}
