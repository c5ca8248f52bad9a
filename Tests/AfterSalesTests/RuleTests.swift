import Contracts
import Failures
import Foundation
import Testing

@testable import AfterSales

@Suite("Rules of the service desk")
struct RuleTests {
    static let policy = ResponsePolicy(
        version: 3,
        rules: [
            .init(name: "vip", kind: nil, tier: .high, minutes: 60, escalationMinutes: 30),
            .init(name: "complaint", kind: .complaint, tier: nil, minutes: 120, escalationMinutes: 120),
            .init(name: "any", kind: nil, tier: nil, minutes: 1_440, escalationMinutes: 60),
        ]
    )

    @Test(
        "the first rule that matches makes the deadline",
        arguments: [
            (Case.Kind.complaint, Tier.high, 60, 30, "response.vip", 0),
            (.complaint, .normal, 120, 120, "response.complaint", 1),
            (.enquiry, .normal, 1_440, 60, "response.any", 2),
            (.repair, .high, 60, 30, "response.vip", 0),
        ]
    )
    func deadline(_ kind: Case.Kind, _ tier: Tier, _ minutes: Int, _ more: Int, _ rule: String, _ tried: Int) throws {
        let opened = shanghai("2026-11-22T23:30")
        let deadline = try Self.policy.deadline(kind, .normal, tier, openedAt: opened)
        #expect(deadline.dueAt == opened.addingTimeInterval(Double(minutes) * 60))
        #expect(deadline.escalateAt == deadline.dueAt.addingTimeInterval(Double(more) * 60))
        #expect(deadline.why.rule == rule)
        #expect(deadline.why.version == 3)
        #expect(deadline.why.tried?.count == tried)
        #expect(deadline.why.inputs["kind"] == kind.rawValue)
    }

    @Test("rules that match nothing are refused rather than guessed")
    func noRule() {
        let empty = ResponsePolicy(version: 1, rules: [])
        #expect(throws: Rejection.self) { try empty.deadline(.repair, .low, .normal, openedAt: Date()) }
    }

    @Test(
        "the ladder's steps come due one after another, and all at once after a standstill",
        arguments: [
            (-1, [], [], 0),
            (0, [], [1], 120),
            (119, [1], [], 120),
            (120, [1], [2], nil),
            (500, [], [1, 2], nil),
            (500, [1, 2], [], nil),
        ] as [(Int, Set<Int>, [Int], Int?)]
    )
    func ladder(_ minute: Int, _ taken: Set<Int>, _ due: [Int], _ next: Int?) {
        let start = shanghai("2026-11-22T10:00")
        let ladder = Ladder(dueAt: start, escalateAt: start.addingTimeInterval(7_200))
        let now = start.addingTimeInterval(Double(minute) * 60)
        let steps = ladder.outstanding(at: now, taken: taken).map(\.rawValue)
        #expect(steps == due)
        #expect(
            ladder.next(after: now, taken: taken.union(steps)) == next.map { start.addingTimeInterval(Double($0) * 60) }
        )
    }

    @Test(
        "care comes the same day three months later, on the month's last day where that day is missing, at ten",
        arguments: [
            ("2026-01-15T16:20", "2026-04-15T10:00"),
            ("2026-11-30T09:00", "2027-02-28T10:00"),
            ("2027-11-30T09:00", "2028-02-29T10:00"),
            ("2023-11-29T23:59", "2024-02-29T10:00"),
            ("2026-03-31T00:00", "2026-06-30T10:00"),
            ("2026-12-31T23:59", "2027-03-31T10:00"),
            ("2028-02-29T12:00", "2028-05-29T10:00"),
        ]
    )
    func care(_ handover: String, _ due: String) throws {
        let rule = CareRule(step: "decoration-guide", version: 1, months: 3, minute: 600)
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        #expect(rule.due(after: shanghai(handover), in: zone) == shanghai(due))
    }

    @Test("care goes by the day in Shanghai, not by the day in Greenwich")
    func careZone() throws {
        let rule = CareRule(step: "decoration-guide", version: 1, months: 3, minute: 630)
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let justAfterMidnight = shanghai("2026-08-01T00:05")
        #expect(rule.due(after: justAfterMidnight, in: zone) == shanghai("2026-11-01T10:30"))
    }

    @Test("the one with the fewest open cases is chosen, then the one who waited the longest")
    func fairChoice() {
        func candidate(_ last: UInt8, _ open: Int, given: Double?, role: String = "service") -> OwnerChoice.Candidate {
            .init(
                id: StaffID(UUID(uuid: (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last))),
                role: role,
                openCases: open,
                lastGivenAt: given.map { Date(timeIntervalSince1970: $0) }
            )
        }
        let busy = candidate(1, 3, given: nil)
        let recent = candidate(2, 1, given: 200)
        let longAgo = candidate(3, 1, given: 100)
        let never = candidate(4, 1, given: nil)
        let supervisor = candidate(5, 0, given: nil, role: "supervisor")
        #expect(OwnerChoice.choose(among: [busy, recent, longAgo, never, supervisor]).owner == never.id)
        #expect(OwnerChoice.choose(among: [busy, recent, longAgo]).owner == longAgo.id)
        let alone = OwnerChoice.choose(among: [supervisor])
        #expect(alone.owner == supervisor.id)
        #expect(alone.why.rule == "owner.supervisor-least-busy")
        #expect(alone.why.tried == ["owner.service-on-shift"])
        let nobody = OwnerChoice.choose(among: [])
        #expect(nobody.owner == nil)
        #expect(nobody.why.rule == "owner.nobody-on-shift")
    }

    @Test("ten million yuan over all contracts make a customer of high value")
    func tier() {
        #expect(Tier(purchases: []) == .normal)
        #expect(Tier(purchases: [Money(minor: 999_999_999)]) == .normal)
        #expect(Tier(purchases: [Money(minor: 400_000_000), Money(minor: 600_000_000)]) == .high)
        #expect(Tier(purchases: [Money(minor: 2_000_000_000, currency: "USD")]) == .normal)
    }

    @Test("numbers have six digits, and more when a year is that busy")
    func numbers() {
        #expect(Case.number(17, of: 2_026) == "C-2026-000017")
        #expect(Case.number(1_234_567, of: 2_027) == "C-2027-1234567")
    }

    @Test(
        "what cannot become a case is refused by the name of its field",
        arguments: [
            (NewCase(uid: .new(), kind: "gossip", title: "a", text: "b"), "kind"),
            (NewCase(uid: .new(), kind: "repair", title: "a", text: "b", severity: "dire"), "severity"),
            (NewCase(uid: .new(), kind: "repair", title: " \n", text: "b"), "title"),
            (NewCase(uid: .new(), kind: "repair", title: "a", text: ""), "text"),
            (NewCase(uid: .new(), kind: "repair", title: "a\u{0}", text: "b"), "title"),
            (NewCase(uid: .new(), kind: "repair", title: String(repeating: "x", count: 201), text: "b"), "title"),
        ]
    )
    func refused(_ raw: NewCase, _ field: String) {
        let rejection = #expect(throws: Rejection.self) { try CaseRequest(raw) }
        #expect(rejection?.field == field)
        #expect(rejection?.kind == .invalid)
    }

    @Test("words lose the white space at their ends and nothing else")
    func words() throws {
        let request = try CaseRequest(NewCase(uid: .new(), kind: "repair", title: "  漏水 了\n", text: "b", project: " "))
        #expect(request.title == "漏水 了")
        #expect(request.project == nil)
        #expect(request.severity == .normal)
    }
}
