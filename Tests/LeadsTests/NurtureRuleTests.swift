import Contracts
import Failures
import Foundation
import Testing

@testable import Leads

@Suite("What is due in a sequence")
struct NurtureRuleTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func plan(reply: NurturePlan.Reply = .pause) -> NurturePlan {
        NurturePlan(name: "s", reply: reply, lines: Office.nurtureLines, isActive: true)
    }

    static func somebody(done: Int = 0, replied: Double? = nil) -> Enrolment {
        Enrolment(
            id: .new(),
            sequenceID: .new(),
            version: 1,
            uid: .new(),
            stepsDone: done,
            startedAt: start,
            nextAt: start,
            repliedAt: replied.map { start.addingTimeInterval($0 * 86_400) },
            why: Why(rule: "test", version: 1)
        )
    }

    private static func at(_ day: Double) -> Date { start.addingTimeInterval(day * 86_400) }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var enrolment = NurtureRuleTests.somebody()
        var facts = NurtureFacts()
        var reply = NurturePlan.Reply.pause
        var isOn = true
        var day = 20.0
        let turn: NurtureTurn
    }

    private static let greeting = NurtureTurn.send(step: 0, template: "nurture-greeting")

    static let cases = [
        Case(testDescription: "everybody's line", turn: greeting),
        Case(
            testDescription: "the line that fits the tag",
            facts: NurtureFacts(tags: ["interest=education"]),
            turn: .send(step: 0, template: "nurture-school-brief")
        ),
        Case(testDescription: "nothing fits", enrolment: somebody(done: 1), turn: .pass(step: 1)),
        Case(testDescription: "after the last step", enrolment: somebody(done: 3), turn: .finish),
        Case(testDescription: "a deal", facts: NurtureFacts(hasDeal: true), turn: .exit(reason: "deal")),
        Case(testDescription: "no to texts", facts: NurtureFacts(allowsSMS: false), turn: .exit(reason: "opted-out")),
        Case(testDescription: "nothing said", facts: NurtureFacts(allowsSMS: nil), turn: .exit(reason: "no-consent")),
        Case(
            testDescription: "no to texts, yes to mail",
            facts: NurtureFacts(allowsSMS: false, allowsEmail: true, hasEmail: true),
            turn: greeting
        ),
        Case(
            testDescription: "yes to mail, but no address",
            facts: NurtureFacts(allowsSMS: false, allowsEmail: true),
            turn: .exit(reason: "no-address")
        ),
        Case(testDescription: "erased", facts: NurtureFacts(isErased: true), turn: .exit(reason: "erased")),
        Case(testDescription: "the last moment", day: 365.99, turn: greeting),
        Case(testDescription: "the horizon", day: 366, turn: .exit(reason: "horizon")),
        Case(testDescription: "switched off", isOn: false, turn: .exit(reason: "switched-off")),
        Case(testDescription: "a reply ten days ago", enrolment: somebody(replied: 10), turn: .pause(until: at(24))),
        Case(testDescription: "a reply long ago", enrolment: somebody(replied: 5), turn: greeting),
        Case(
            testDescription: "a reply that ends it",
            enrolment: somebody(replied: 5),
            reply: .end,
            turn: .exit(reason: "reply")
        ),
        Case(
            testDescription: "an enquiry since",
            facts: NurtureFacts(lastEnquiryAt: at(19)),
            turn: .pause(until: at(33))
        ),
        Case(
            testDescription: "the enquiry of before is no answer",
            facts: NurtureFacts(lastEnquiryAt: at(-1)),
            turn: greeting
        ),
        Case(testDescription: "spoken with before", enrolment: somebody(replied: -1), reply: .end, turn: greeting),
    ]

    @Test("what is due is decided by what holds then", arguments: cases)
    func turns(_ one: Case) {
        let turn = one.enrolment.turn(
            Self.plan(reply: one.reply),
            isOn: one.isOn,
            one.facts,
            .standard,
            now: Self.at(one.day)
        )
        #expect(turn == one.turn)
    }

    @Test("a pause puts off everything that follows by its length")
    func putOff() {
        let until = Self.at(10)
        let why = Why(rule: "t", version: 1)
        let paused = Self.somebody().after(.pause(until: until), Self.plan(), why, now: until)
        #expect(paused.state == .paused)
        #expect(paused.nextAt == until)
        #expect(paused.due(30) == Self.at(40))
    }

    @Test("after the last step nobody waits for anything")
    func end() {
        let why = Why(rule: "t", version: 1)
        let turn = NurtureTurn.send(step: 2, template: "nurture-layout-cases")
        let after = Self.somebody(done: 2).after(turn, Self.plan(), why, now: Self.at(60))
        #expect(after.state == .finished)
        #expect(after.nextAt == nil)
        #expect(after.endedAt == Self.at(60))
    }

    @Test(
        "what a sequence cannot be is refused with the field and the rule",
        arguments: [
            ([NurtureLine](), [String](), "lines"),
            ([NurtureLine(day: 367, template: "nurture-greeting")], [], "lines/0/day"),
            ([NurtureLine(day: 1, template: "spam")], [], "lines/0/template"),
            ([NurtureLine(day: 1, tag: "schools", template: "nurture-greeting")], [], "lines/0/tag"),
            ([NurtureLine(day: 1, template: "nurture-greeting")], ["spam"], "takes"),
        ]
    )
    func objections(_ lines: [NurtureLine], _ takes: [String], _ field: String) {
        let plan = NurturePlan(name: "s", takes: takes, lines: lines, isActive: true)
        #expect(plan.objection(.standard)?.field == field)
    }
}
