import Contracts
import Testing

@testable import Leads

@Suite("Grading")
struct GradeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let inputs: GradeInputs
        let grade: Grade
        let rule: String
        var testDescription: String { rule }
    }

    static func inputs(
        yuan: Int64? = nil,
        months: Int? = nil,
        kind: String = "website",
        referrer: Bool = false,
        message: Bool = false,
        project: Bool = false,
        completeness: Int = 1
    ) -> GradeInputs {
        GradeInputs(
            budgetYuan: yuan,
            hasBudget: yuan != nil,
            timeframeMonths: months,
            completeness: completeness,
            channelKind: kind,
            hasReferrer: referrer,
            hasMessage: message,
            hasProject: project
        )
    }

    static let cases = [
        Case(inputs: inputs(yuan: 3_000_000, months: 3), grade: .a, rule: "grade.a.budget-and-timeframe"),
        Case(inputs: inputs(yuan: 2_999_999, months: 3), grade: .b, rule: "grade.b.budget-or-timeframe"),
        Case(inputs: inputs(yuan: 3_000_000, months: 4), grade: .b, rule: "grade.b.budget-or-timeframe"),
        Case(inputs: inputs(referrer: true, project: true), grade: .a, rule: "grade.a.referred-and-concrete"),
        Case(inputs: inputs(referrer: true), grade: .b, rule: "grade.b.referred"),
        Case(inputs: inputs(months: 6, kind: "showroom"), grade: .a, rule: "grade.a.in-person-and-soon"),
        Case(inputs: inputs(months: 7, kind: "showroom"), grade: .b, rule: "grade.b.in-person"),
        Case(inputs: inputs(message: true, project: true), grade: .b, rule: "grade.b.asks-about-a-project"),
        Case(inputs: inputs(completeness: 6), grade: .b, rule: "grade.b.complete"),
        Case(inputs: inputs(months: 7), grade: .c, rule: "grade.c.otherwise"),
    ]

    @Test("the first rule that matches gives the grade", arguments: cases)
    func rules(_ one: Case) {
        let (grade, why) = GradeTable.standard.grade(one.inputs)
        #expect(grade == one.grade)
        #expect(why.rule == one.rule)
        #expect(why.version == 1)
        #expect(why.otherwise?.isEmpty == false)
    }

    @Test("a why names what was tried before, in order")
    func tried() {
        let why = GradeTable.standard.grade(Self.inputs()).why
        // A rule of several lines is one rule.
        let names = GradeTable.standard.rules.dropLast().map(\.name)
        #expect(why.tried == names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }.map { names[$0] })
    }

    @Test(
        "a timeframe is months or years",
        arguments: [("3m", 3), ("1y", 12), ("0m", nil), ("m", nil), ("soon", nil), ("999999999999999999999m", nil)]
            as [(String, Int?)]
    )
    func months(_ text: String, _ months: Int?) {
        #expect(GradeInputs.months(text) == months)
    }
}
