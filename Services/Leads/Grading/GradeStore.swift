import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of grades and of the table that gives them.
struct GradeStore: Sendable {
    /// A version of the table.
    struct Edition: Sendable {
        let table: GradeTable
        let changedBy: String
        let changedAt: Date
        let note: String?
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The table as it is now.
    func table() async throws -> GradeTable {
        try await tx.first("SELECT version::bigint AS version, rules FROM grade_tables ORDER BY version DESC LIMIT 1") {
            GradeTable(version: try $0["version"], rules: try ($0["rules"] as JSONText).decode())
        } ?? .standard
    }

    /// A table of the past.
    func table(version: Int) async throws -> GradeTable? {
        if version == GradeTable.standard.version { return .standard }
        return try await tx.first("SELECT rules FROM grade_tables WHERE version = \(version)") {
            GradeTable(version: version, rules: try ($0["rules"] as JSONText).decode())
        }
    }

    /// Its changes, newest first.
    func history(limit: Int) async throws -> [Edition] {
        try await tx.all(
            """
            SELECT version::bigint AS version, rules, changed_by, changed_at, note
              FROM grade_tables ORDER BY version DESC LIMIT \(limit)
            """
        ) { row in
            Edition(
                table: GradeTable(version: try row["version"], rules: try (row["rules"] as JSONText).decode()),
                changedBy: try row["changed_by"],
                changedAt: try row["changed_at"],
                note: try row["note"]
            )
        }
    }

    /// Lets nobody else change the table until the transaction ends; who reads it is not held up.
    func lock() async throws { try await tx.execute("LOCK TABLE grade_tables IN SHARE ROW EXCLUSIVE MODE") }

    func add(_ edition: Edition) async throws {
        try tx.later(
            """
            INSERT INTO grade_tables (version, rules, changed_by, changed_at, note)
            VALUES (\(edition.table.version)::integer, \(try JSONText(wire: edition.table.rules)),
                    \(edition.changedBy), \(edition.changedAt), \(edition.note))
            """
        )
    }

    /// What the grades of leads were made from.
    func inputs(of leads: some Collection<LeadID>) async throws -> [LeadID: GradeInputs] {
        guard !leads.isEmpty else { return [:] }
        let found = try await tx.all(
            "SELECT id, grade_why FROM leads WHERE id = ANY(\(leads.map(\.uuid))::uuid[])"
        ) { row in
            let why: Why = try (row["grade_why"] as JSONText).decode()
            return (try row["id"] as LeadID, GradeInputs(asText: why.inputs))
        }
        return Dictionary(found) { first, _ in first }
    }

    /// What leads were said to be worth, and when; the newest first.
    func decisions(about leads: [LeadID]) async throws -> [LeadID: [(grade: Grade, why: Why, at: Date)]] {
        let found = try await tx.all(
            """
            SELECT lead_id, outcome, why, decided_at FROM decisions
             WHERE lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND kind = 'grade' ORDER BY id DESC
            """
        ) { row in
            let why: Why = try (row["why"] as JSONText).decode()
            let grade = Grade(rawValue: try row["outcome"]) ?? .c
            let told = (grade: grade, why: why, at: try row["decided_at"] as Date)
            return (lead: try row["lead_id"] as LeadID, told: told)
        }
        return Dictionary(grouping: found, by: \.lead).mapValues { $0.map(\.told) }
    }

    /// Gives leads the grades back that they had, each as it was reasoned then.
    func restore(_ grades: [(lead: LeadID, grade: Grade, why: Why)]) throws {
        try tx.later(
            """
            UPDATE leads l SET grade = n.grade, grade_why = n.why
              FROM unnest(\(grades.map(\.lead.uuid))::uuid[], \(grades.map(\.grade.rawValue))::text[],
                          \(try grades.map { try JSONText(wire: $0.why) })::jsonb[]) AS n (id, grade, why)
             WHERE l.id = n.id
            """
        )
    }

    /// Writes down that a lead is worth what it was, of what is known now.
    func confirm(_ lead: Lead, _ why: Why, actor: String, now: Date) async throws {
        let stored = try JSONText(wire: why)
        try tx.later("UPDATE leads SET grade_why = \(stored) WHERE id = \(lead.id)")
        let entry = DecisionStore.Entry(leadID: lead.id, kind: "grade", outcome: lead.grade.rawValue, why: stored)
        try await DecisionStore(tx).insert([entry], actor: actor, now: now)
    }

    /// Writes down what leads are worth now, and why; each lead may be among them once.
    func save(_ regrades: [Regrade], actor: String, now: Date) async throws {
        guard !regrades.isEmpty else { return }
        let whys = try regrades.map { try JSONText(wire: $0.why) }
        try tx.later(
            """
            UPDATE leads l
               SET grade = n.grade, grade_why = n.why, response_due_at = n.due_at
              FROM unnest(\(regrades.map(\.lead.id.uuid))::uuid[], \(regrades.map(\.lead.grade.rawValue))::text[],
                          \(whys)::jsonb[], \(regrades.map(\.lead.responseDueAt))::timestamptz[])
                   AS n (id, grade, why, due_at)
             WHERE l.id = n.id
            """
        )
        try await DecisionStore(tx).insert(
            zip(regrades, whys).map {
                DecisionStore.Entry(leadID: $0.lead.id, kind: "grade", outcome: $0.lead.grade.rawValue, why: $1)
            },
            actor: actor,
            now: now
        )
    }
}
