import Contracts
import Foundation
import Messaging
import Postgres

/// The care rules, and each hand-over's plan.
struct CareStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func rules() async throws -> [CareRule] {
        try await tx.all(
            """
            SELECT step, version::bigint AS version, months::bigint AS months, minute::bigint AS minute
              FROM care_rules
             ORDER BY months, step
            """
        ) { row in
            CareRule(
                step: try row["step"],
                version: try row["version"],
                months: try row["months"],
                minute: try row["minute"]
            )
        }
    }

    /// Plans a step, or moves it; false when it was sent already, which no change of date undoes.
    func plan(_ step: CareStep) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO care_steps (handover_id, step, due_at, why)
            VALUES (\(step.handoverID), \(step.step), \(step.dueAt), \(try JSONText(wire: step.why)))
            ON CONFLICT (handover_id, step) DO UPDATE SET due_at = EXCLUDED.due_at, why = EXCLUDED.why
             WHERE care_steps.sent_at IS NULL
            """
        ) == 1
    }

    /// Reads steps, by the keys of their timers, and locks them until the transaction ends.
    func locked(_ steps: [(handover: HandoverID, step: String)]) async throws -> [String: CareStep] {
        let found = try await tx.all(
            """
            SELECT c.handover_id, c.step, c.due_at, c.sent_at, c.why
              FROM care_steps c
              JOIN unnest(\(steps.map(\.handover.uuid))::uuid[], \(steps.map(\.step))::text[]) AS w (handover_id, step)
                   USING (handover_id, step)
             ORDER BY c.handover_id, c.step
               FOR UPDATE OF c
            """,
            as: CareStep.init(row:)
        )
        return Dictionary(found.map { ($0.timerKey, $0) }) { first, _ in first }
    }

    func markSent(_ steps: [CareStep], at now: Date) async throws {
        guard !steps.isEmpty else { return }
        try tx.later(
            """
            UPDATE care_steps c
               SET sent_at = \(now)
              FROM unnest(\(steps.map(\.handoverID.uuid))::uuid[], \(steps.map(\.step))::text[]) AS s (handover_id, step)
             WHERE c.handover_id = s.handover_id AND c.step = s.step
            """
        )
    }

    /// The plan of a hand-over, in the order of time.
    func plan(of id: HandoverID) async throws -> [CareStep] {
        try await tx.all(
            """
            SELECT handover_id, step, due_at, sent_at, why FROM care_steps WHERE handover_id = \(id) ORDER BY due_at, step
            """,
            as: CareStep.init(row:)
        )
    }
}

extension CareStep {
    init(row: Row) throws {
        let why: JSONText = try row["why"]
        self.init(
            handoverID: try row["handover_id"],
            step: try row["step"],
            dueAt: try row["due_at"],
            sentAt: try row["sent_at"],
            why: try why.decode()
        )
    }
}
