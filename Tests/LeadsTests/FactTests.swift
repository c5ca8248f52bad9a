import Contracts
import Foundation
import Testing

@testable import Leads

@Suite("What holds of what was told")
struct FactTests {
    private static let person = UID.new()

    private static func told(
        _ field: ProfileField,
        _ value: String,
        by source: Telling.Source = .submission,
        at second: Int
    ) -> PersonFact {
        let telling = Telling(
            origin: person,
            id: UUID(),
            source: source,
            actor: "test",
            told: [:],
            toldAt: Date(timeIntervalSince1970: Double(second))
        )
        return PersonFact(field: field, value: value, telling: telling)
    }

    @Test(
        "one value of a field holds, whatever order they come in, and the why says so",
        arguments: [
            ([told(.name, "张三", at: 1)], "张三", "fact.only"),
            ([told(.name, "张三", at: 1), told(.name, "张山", at: 2)], "张三", "fact.told-first"),
            ([told(.name, "张三", at: 1), told(.name, "张珊", by: .staff, at: 2)], "张珊", "fact.more-certain"),
            (
                [told(.name, "张三", by: .staff, at: 1), told(.name, "张珊", by: .staff, at: 2)], "张珊", "fact.told-last"
            ),
            ([told(.income, "300000", at: 1), told(.income, "400000", at: 2)], "400000", "fact.told-last"),
            (
                [told(.income, "300000", by: .staff, at: 1), told(.income, "400000", at: 2)], "300000",
                "fact.more-certain"
            ),
        ]
    )
    func winner(_ facts: [PersonFact], _ value: String, _ rule: String) throws {
        for order in [facts, facts.reversed()] {
            let winner = try #require(FactRules.winners(order)[facts[0].field])
            #expect(winner.value == value)
            #expect(winner.why.rule == rule)
            #expect(winner.others.count == facts.count - 1)
        }
    }

    @Test(
        "names that differ only as people write them are one, and careless ones resemble each other",
        arguments: [
            ("Zhang Wei", "wei  ZHANG", true), ("张三先生", "张三", true), ("Mr. John Smith", "John Smith", true),
            ("王", "王伟", true), ("张三", "李四", false), ("Jonathan Li", "Jonathen Li", true),
            ("Li Na", "Li Wei", false), ("王伟", "王芳", false),
        ]
    )
    func names(_ one: String, _ other: String, _ resemble: Bool) {
        #expect(NameForm(one).resembles(NameForm(other)) == resemble)
        #expect(NameForm(other).resembles(NameForm(one)) == resemble)
    }

    @Test(
        "who may be one person is said by a rule, and such two share a key",
        arguments: [
            (
                MatchSubject(uid: .new(), name: "张三", phones: ["+8613812345678"], projects: ["river-park"]),
                MatchSubject(uid: .new(), name: "张三", phones: ["+8613999999999"], projects: ["river-park"]),
                [MatchRule.nameAndProject]
            ),
            (
                MatchSubject(uid: .new(), name: "张三", phones: ["+8613812345678"]),
                MatchSubject(uid: .new(), name: "张三", phones: ["+8613812345679"]), [.phoneOneOff]
            ),
            (
                MatchSubject(uid: .new(), name: "Jonathan Li", emails: ["jli@acme.example"]),
                MatchSubject(uid: .new(), name: "Jonathen Li", emails: ["jonathan.li@acme.example"]), [.nameAndCompany]
            ),
            (
                MatchSubject(uid: .new(), name: "Jonathan Li", emails: ["jli@qq.com"]),
                MatchSubject(uid: .new(), name: "Jonathan Li", emails: ["other@qq.com"]), []
            ),
            (
                MatchSubject(uid: .new(), name: "张三", phones: ["+8613812345678"], projects: ["river-park"]),
                MatchSubject(uid: .new(), name: "李四", phones: ["+8613812345679"], projects: ["river-park"]), []
            ),
        ]
    )
    func matching(_ one: MatchSubject, _ other: MatchSubject, _ rules: [MatchRule]) {
        #expect(MatchRule.matching(one, other) == rules)
        let share = !MatchKeys.of(one).isDisjoint(with: MatchKeys.of(other))
        #expect(share == !rules.isEmpty)
    }

    @Test(
        "a value that a field cannot have is refused by name",
        arguments: [(ProfileField.income, "much"), (.family, "cat")]
    )
    func refused(_ field: ProfileField, _ value: String) {
        #expect(throws: (any Error).self) { try field.value(value) }
    }
}
