import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Grades as rules that may be changed")
struct GradingTests {
    private let strict = [
        GradeRule("very rich", .a, GradeTest(.budgetAtLeast, "9000000")), GradeRule("everybody", .c),
    ]

    @Test("a changed table grades what comes after it, and decisions name its version")
    func changed() async throws {
        try await Office.open { office in
            try await office.staff()
            let rich = #", "need": {"budget": {"max": 400000000}, "timeframe": "3m"}"#
            try await office.push(Office.enquiry("1", more: rich))
            let table = try await office.change(strict, from: 1)
            #expect(table.version == 2)
            try await office.push(Office.enquiry("2", phone: "13900000001", more: rich))
            #expect(try await office.leads().map(\.grade) == [.a, .c])
            let whys = try await office.gradeWhys()
            #expect(whys.map(\.version) == [1, 2])
            #expect(whys.last?.rule == "everybody")
            #expect(try await office.spine.events(of: PolicyChanged.self).map(\.policy) == ["grade.table"])
        }
    }

    @Test("who changes an old table is refused, and nothing is changed")
    func stale() async throws {
        try await Office.open { office in
            try await office.change(strict, from: 1)
            await #expect(throws: Rejection.self) { try await office.change([GradeRule("all", .a)], from: 1) }
            #expect(try await office.spine.read { try await GradeStore($0).table().rules } == strict)
        }
    }

    @Test(
        "a table that cannot be meant is refused with the field",
        arguments: [
            ([GradeRule("a", .a, GradeTest(.referred))], "rules"),
            ([GradeRule("a", .a, GradeTest(.withinMonths, "soon")), GradeRule("b", .c)], "rules/0/tests/0"),
            ([GradeRule("a", .a, GradeTest(.completeness, "9")), GradeRule("b", .c)], "rules/0/tests/0"),
            ([GradeRule("a", .a), GradeRule("b", .c)], "rules/0/tests"),
            ([GradeRule("", .a, GradeTest(.referred)), GradeRule("b", .c)], "rules/0/name"),
            ([], "rules"),
        ]
    )
    func refused(_ rules: [GradeRule], _ field: String) {
        #expect(GradeTable.objection(to: rules)?.field == field)
    }

    @Test("another enquiry that says more raises the grade, tells of it, and calls sooner")
    func touched() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let before = try #require(try await office.leads().first)
            #expect(before.grade == .c)
            let more = #", "need": {"budget": {"max": 400000000}, "timeframe": "3m"}"#
            try await office.push(Office.enquiry("2", more: more))
            try await office.push(Office.enquiry("2", more: more))
            let after = try #require(try await office.leads().first)
            #expect(after.grade == .a)
            #expect(after.responseDueAt < before.responseDueAt)
            let graded = try await office.spine.events(of: LeadGraded.self)
            #expect(graded.map(\.grade) == ["A"])
            #expect(graded.map(\.previous) == ["C"])
            #expect(graded.first?.why.rule == "grade.a.budget-and-timeframe")
            #expect(try await office.count("SELECT count(*) AS count FROM decisions WHERE kind = 'grade'") == 2)
            try await office.spine.fireTimers(office.app.timers, now: after.responseDueAt.addingTimeInterval(1))
            #expect(try await office.steps()[after.id] == ["remind"])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a visit raises the grade once, however often it is told")
    func visited() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let visit = ContactLogged(
                contactID: .new(),
                uid: lead.uid,
                leadID: lead.id,
                staffID: agent,
                kind: "visit",
                isReached: true,
                contactedAt: Date()
            )
            let id = UUID.v7()
            try await office.hear(visit, about: "c", uid: lead.uid, id: id)
            try await office.hear(visit, about: "c", uid: lead.uid, id: id)
            try await office.hear(visit, about: "c", uid: lead.uid)
            let graded = try await office.spine.events(of: LeadGraded.self)
            #expect(graded.map(\.why.rule) == ["grade.a.visited"])
            #expect(try await office.leads().map(\.grade) == [.a])
        }
    }

    @Test("a decision can be made again from what it has kept", arguments: GradeTests.cases)
    func again(_ one: GradeTests.Case) {
        let first = GradeTable.standard.grade(one.inputs)
        let second = GradeTable.standard.grade(GradeInputs(asText: first.why.inputs))
        #expect(first.grade == second.grade)
        #expect(first.why == second.why)
    }
}

extension Office {
    @discardableResult
    func change(_ rules: [GradeRule], from version: Int) async throws -> GradeTable {
        try await spine.perform(Cause.staff(.new())) { work in
            try await app.changeGrades(GradeWish(version: version, rules: rules), work)
        }
    }

    func gradeWhys() async throws -> [Why] {
        try await spine.read { tx in
            try await tx.all("SELECT grade_why FROM leads ORDER BY id") { try ($0["grade_why"] as JSONText).decode() }
        }
    }
}
