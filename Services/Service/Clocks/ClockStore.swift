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

    /// The steps that were taken for cases, by case.
    func taken(for ids: [CaseID]) async throws -> [CaseID: Set<Int>] {
        let steps = try await tx.all(
            """
            SELECT case_id, step::bigint AS step
              FROM sla_steps
             WHERE case_id = ANY(\(ids.map(\.uuid))::uuid[]) AND clock = \(Ladder.clock)
            """
        ) { (id: try $0["case_id"] as CaseID, step: try $0["step"] as Int) }
        return steps.reduce(into: [:]) { $0[$1.id, default: []].insert($1.step) }
    }

    /// Takes steps of cases that are locked, none of which was taken before.
    func take(_ alerts: [Alert], at now: Date) async throws {
        try tx.later(
            """
            INSERT INTO sla_steps (case_id, clock, step, fired_at, recipients)
            SELECT case_id, \(Ladder.clock), step, \(now), recipients::uuid[]
              FROM unnest(\(alerts.map(\.current.id.uuid))::uuid[], \(alerts.map(\.step.rawValue))::bigint[],
                          \(alerts.map { $0.recipients.map(\.uuid).arrayText })::text[])
                   AS t (case_id, step, recipients)
            """
        )
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
