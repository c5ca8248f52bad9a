import Boot
import Contracts
import Messaging
import Postgres

/// The customers, and what they bought.
struct CustomerStore: Sendable {
    /// What goes with a person when Leads finds two to be one.
    static let merges = FollowMerges(moving: ["purchases", "handovers", "cases"])

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Keeps what Leads knows of many people now; what is older than what is known changes nothing.
    func identify(_ people: [Identified]) async throws {
        try tx.later(
            """
            INSERT INTO customers (uid, name, phone, email, language, identity_sequence)
            SELECT uid, name, phone, email, language, sequence
              FROM unnest(\(people.map(\.uid.uuid))::uuid[], \(people.map(\.card.name))::text[],
                          \(people.map(\.card.phones.first))::text[], \(people.map(\.card.emails.first))::text[],
                          \(people.map(\.card.language))::text[], \(people.map(\.sequence))::bigint[])
                   AS t (uid, name, phone, email, language, sequence)
             ORDER BY uid
            ON CONFLICT (uid) DO UPDATE
               SET name = coalesce(EXCLUDED.name, customers.name), phone = EXCLUDED.phone, email = EXCLUDED.email,
                   language = EXCLUDED.language, identity_sequence = EXCLUDED.identity_sequence
             WHERE customers.identity_sequence < EXCLUDED.identity_sequence
            """
        )
    }

    /// Keeps what many people allow now.
    func allow(_ consents: [Allowed]) async throws {
        try tx.later(
            """
            INSERT INTO customers (uid, consent, consent_sequence)
            SELECT uid, consent, sequence
              FROM unnest(\(consents.map(\.uid.uuid))::uuid[],
                          \(try consents.map { try JSONText(wire: $0.consent) })::jsonb[],
                          \(consents.map(\.sequence))::bigint[]) AS t (uid, consent, sequence)
             ORDER BY uid
            ON CONFLICT (uid) DO UPDATE
               SET consent = EXCLUDED.consent, consent_sequence = EXCLUDED.consent_sequence
             WHERE customers.consent_sequence < EXCLUDED.consent_sequence
            """
        )
    }

    /// Keeps who answers for many people now.
    func entrust(_ assignments: [Entrusted]) async throws {
        try tx.later(
            """
            INSERT INTO customers (uid, agent_id, agent_team_id)
            SELECT uid, agent_id, team_id
              FROM unnest(\(assignments.map(\.uid.uuid))::uuid[], \(assignments.map { $0.agentID?.uuid })::uuid[],
                          \(assignments.map { $0.teamID?.uuid })::uuid[]) AS t (uid, agent_id, team_id)
             ORDER BY uid
            ON CONFLICT (uid) DO UPDATE SET agent_id = EXCLUDED.agent_id, agent_team_id = EXCLUDED.agent_team_id
            """
        )
    }

    /// A buyer, as the contract names them: only fills in what Leads has not told yet.
    func meet(_ uid: UID, _ card: PersonCard, agent: StaffID) async throws {
        try tx.later(
            """
            INSERT INTO customers (uid, name, phone, email, language, agent_id)
            VALUES (\(uid), \(card.name), \(card.phones.first), \(card.emails.first), \(card.language), \(agent))
            ON CONFLICT (uid) DO UPDATE
               SET name = coalesce(customers.name, EXCLUDED.name), phone = coalesce(customers.phone, EXCLUDED.phone),
                   email = coalesce(customers.email, EXCLUDED.email),
                   language = coalesce(customers.language, EXCLUDED.language),
                   agent_id = coalesce(customers.agent_id, EXCLUDED.agent_id)
            """
        )
    }

    /// Notes a purchase; a contract that is told of twice counts once.
    func notePurchase(_ contract: SaleContractID, by uid: UID, price: Money) async throws {
        try tx.later(
            """
            INSERT INTO purchases (contract_id, uid, price_minor, currency)
            VALUES (\(contract), \(uid), \(price.minor), \(price.currency))
            ON CONFLICT (contract_id) DO NOTHING
            """
        )
    }

    func tier(of uid: UID) async throws -> Tier {
        Tier(
            purchases: try await tx.all("SELECT price_minor, currency FROM purchases WHERE uid = \(uid)") { row in
                Money(minor: try row["price_minor"], currency: try row["currency"])
            }
        )
    }

    func customer(_ uid: UID) async throws -> Customer? {
        try await tx.first(
            """
            SELECT uid, name, phone, email, consent, agent_id, agent_team_id FROM customers
             WHERE uid = coalesce((SELECT survivor FROM aliases a WHERE a.uid = \(uid)), \(uid))
            """,
            as: Customer.init(row:)
        )
    }

    /// Ten people at most whose name begins so, or whose number ends so.
    func matching(_ search: String) async throws -> [Customer] {
        let digits = search.filter(\.isWholeNumber)
        let name = search.lowercased().escapedForLike + "%"
        let phone = digits.count >= 4 ? String(digits.reversed()) + "%" : nil
        return try await tx.all(
            """
            (SELECT uid, name, phone, email, consent, agent_id, agent_team_id
               FROM customers WHERE lower(name) LIKE \(name) AND uid NOT IN (SELECT uid FROM aliases) ORDER BY name LIMIT 10)
             UNION
            (SELECT uid, name, phone, email, consent, agent_id, agent_team_id
               FROM customers WHERE reverse(phone) LIKE \(phone) AND uid NOT IN (SELECT uid FROM aliases) LIMIT 10)
             ORDER BY name, uid
             LIMIT 10
            """,
            as: Customer.init(row:)
        )
    }
}

extension Customer {
    init(row: Row) throws {
        let consent: JSONText = try row["consent"]
        self.init(
            uid: try row["uid"],
            name: try row["name"],
            phone: try row["phone"],
            email: try row["email"],
            consent: try consent.decode(),
            agentID: try row["agent_id"],
            agentTeamID: try row["agent_team_id"]
        )
    }
}

extension String {
    /// The text with LIKE's own signs taken literally.
    fileprivate var escapedForLike: String {
        replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}

extension Reach {
    /// The cases that are seen, for a statement that names the case's row `c` and its customer's `p`.
    var cases: SQL {
        sight.rows(owners: ["c.owner_id", "p.agent_id"], team: "p.agent_team_id", project: Reach.project)
    }

    /// What the case is about, else where its customer bought last.
    private static var project: SQL {
        "coalesce(c.project, (SELECT b.project FROM handovers b WHERE b.uid = c.uid ORDER BY b.opened_at DESC LIMIT 1))"
    }

    /// The hand-overs that are seen, for a statement that names the hand-over's row `h` and its customer's `p`.
    var handovers: SQL {
        sight.rows(owners: ["h.completed_by", "p.agent_id"], team: "p.agent_team_id", project: "h.project")
    }
}
