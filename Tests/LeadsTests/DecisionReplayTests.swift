import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

/// Every decision can say why: it can be made again, from what was stored with it and the rules of its version.
@Suite("Decisions are made again")
struct DecisionReplayTests {
    /// What people decide, and what a clock decides without asking whose turn it is.
    private static let unasked: Set<String> = [
        "assign.by-hand", "assign.pool-by-hand", "assign.claim", "assign.contact", "recycle.pool",
    ]

    @Test(
        "a thousand decisions, made while everything changed, come out the same from what was stored of each",
        arguments: [4, 1_809]
    )
    func thousand(_ seed: UInt64) async throws {
        try await Office.open { office in
            try await office.spine.passMidnight()
            var random = try await RandomOffice(office, seed: seed)
            let decisions: SQL = """
                SELECT count(*) AS count FROM decisions WHERE kind = 'grade' OR kind = 'assign' AND question IS NOT NULL
                """
            while try await office.count(decisions) < 1_000 { for _ in 0..<10 { try await random.act() } }
            try await random.letAnOfferRunOut()
            let placed = try await Self.assignmentsMadeAgain(office)
            let graded = try await Self.gradesMadeAgain(office)
            #expect(placed.count + graded.count >= 1_000)
            // It was a lively office: rules and grades changed, and leads went on to others.
            #expect(Set(placed.map(\.why.version)).count > 4)
            #expect(Set(graded.map(\.version)).count > 2)
            #expect(placed.count > Set(placed.map(\.leadID)).count + 50)
            #expect(placed.contains { $0.basis?.ordinal ?? 0 > 5 })
            #expect(placed.contains { $0.outcome.hasPrefix("pool:") })
            #expect(placed.contains { $0.basis?.question.after != nil })
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    /// Makes every decision about who gets a lead again; those that people made themselves name that.
    private static func assignmentsMadeAgain(_ office: Office) async throws -> [RosterSnapshotStore.Decision] {
        var placed: [RosterSnapshotStore.Decision] = []
        for lead in try await office.leads() {
            let again = try await office.spine.read { tx in
                var again: [(RosterSnapshotStore.Decision, Explanation?)] = []
                for decision in try await RosterSnapshotStore(tx).decisions(about: lead.id) {
                    again.append((decision, try await office.app.explainAssignment(decision, tx)))
                }
                return again
            }
            for (decision, explained) in again {
                guard decision.basis != nil else {
                    #expect(unasked.contains(decision.why.rule), "\(decision.why.rule)")
                    continue
                }
                let assignment = try #require(explained?.assignment, "\(decision.id) cannot be made again")
                #expect(assignment.outcome == decision.outcome)
                #expect(assignment.why == decision.why)
                placed.append(decision)
            }
        }
        return placed
    }

    /// Grades every lead again that was graded, each time as it was then.
    private static func gradesMadeAgain(_ office: Office) async throws -> [Why] {
        try await office.spine.read { tx in
            let graded = try await tx.all("SELECT outcome, why FROM decisions WHERE kind = 'grade' ORDER BY id") {
                row in
                (outcome: try row["outcome"] as String, why: try (row["why"] as JSONText).decode(Why.self))
            }
            for (outcome, why) in graded {
                let table = try #require(try await GradeStore(tx).table(version: why.version))
                let again = table.grade(GradeInputs(asText: why.inputs))
                #expect(again.grade.rawValue == outcome)
                #expect(again.why == why)
            }
            return graded.map(\.why)
        }
    }
}
