import Contracts
import Foundation
import Messaging
import Postgres

/// The response rules, and the alerts that went out.
struct ClockStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The newest version of the rules.
    func policy() async throws -> ResponsePolicy {
        let rows = try await tx.all(
            """
            SELECT version::bigint AS version, name, kind, tier, minutes::bigint AS minutes,
                   escalation_minutes::bigint AS escalation_minutes
              FROM response_rules
             WHERE version = (SELECT max(version) FROM response_rules)
             ORDER BY position
            """
        ) { row in (try row["version"] as Int, try ResponsePolicy.Rule(row: row)) }
        return ResponsePolicy(version: rows.first?.0 ?? 0, rules: rows.map(\.1))
    }

    /// The steps that were taken for a case.
    func taken(for id: CaseID) async throws -> Set<Int> {
        let steps: [Int] = try await tx.all(
            "SELECT step::bigint AS step FROM sla_steps WHERE case_id = \(id) AND clock = \(Ladder.clock)"
        ) { try $0["step"] }
        return Set(steps)
    }

    /// Takes a step; false when somebody has taken it already.
    func take(_ step: Ladder.Step, for id: CaseID, alerting recipients: [StaffID], at now: Date) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO sla_steps (case_id, clock, step, fired_at, recipients)
            VALUES (\(id), \(Ladder.clock), \(step.rawValue)::integer, \(now), \(recipients.map(\.uuid))::uuid[])
            ON CONFLICT (case_id, clock, step) DO NOTHING
            """
        ) == 1
    }
}

extension ResponsePolicy.Rule {
    init(row: Row) throws {
        let kind: String? = try row["kind"]
        let tier: String? = try row["tier"]
        self.init(
            name: try row["name"],
            kind: try kind.map { try Self.known($0) },
            tier: try tier.map { try Self.known($0) },
            minutes: try row["minutes"],
            escalationMinutes: try row["escalation_minutes"]
        )
    }

    /// A rule for a kind or tier that this version does not know must not silently match everything.
    private static func known<Word: RawRepresentable<String>>(_ raw: String) throws -> Word {
        guard let word = Word(rawValue: raw) else {
            throw PostgresError(message: "response_rules holds a word that this version does not know: \(raw)")
        }
        return word
    }
}
