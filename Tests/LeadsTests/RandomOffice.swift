import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

/// An office in which anything may happen about leads, by a seed: rules and grades change while leads come, agents come and
/// go, time passes, and people decide themselves.
struct RandomOffice {
    /// Who works here, as Sales has said it last.
    private struct Member {
        var sequence: Int64 = 1
        var team: TeamID
        var projects: [String]
        var districts: [String]
        var capacity: Int
        var isThere = true
        var isActive = true
    }

    private static let projects = ["river-park", "lake-view", "garden"]
    private static let districts = ["浦东", "徐汇", "静安"]
    private static let sight = Cast.head.principal.leadSight

    let office: Office
    private var chance: Seeded
    private var members: [StaffID: Member] = [:]
    /// In the order in which they came.
    private var hired: [StaffID] = []
    private let teams = [Office.team, TeamID.new(), TeamID.new()]
    private var enquiries = 0

    init(_ office: Office, seed: UInt64) async throws {
        self.office = office
        chance = Seeded(seed)
        for _ in 0..<9 { try await hire() }
    }

    /// Does one thing or another; what the office refuses is refused, and decides nothing.
    mutating func act() async throws {
        do {
            switch below(24) {
            case 0..<9: try await enquire()
            case 9..<11: try await changeRules()
            case 11: try await changeGrades()
            case 12..<15: try await comeOrGo()
            case 15: try await planAbsence()
            case 16..<20: try await pass(minutes: 1 + below(40))
            case 20: try await decideByHand()
            case 21: try await claim()
            case 22: try await discard()
            default: try await call()
            }
        } catch is Rejection {
        } catch is ClaimRefusal {}
    }

    /// What is offered and claimed by nobody goes on to the next rule, and to somebody who has room for it.
    mutating func letAnOfferRunOut() async throws {
        try await tell(.new(), Member(team: pick(teams), projects: [], districts: [], capacity: 100_000))
        let offer = RuleTarget(.firstToClaim, pool: "shared", seconds: 60)
        try await office.switchOn(RuleSet([AssignmentRule("offer", offer), AssignmentRule("next", .any)]))
        try await office.push(Office.enquiry("offered", phone: "13900000000"))
        try await pass(minutes: 2)
    }

    // MARK: Customers

    private mutating func enquire() async throws {
        let batch = (0...below(16)).map { _ in enquiry() }
        try await office.push(batch)
        if one(in: 3) { try await office.takeInTags() }
    }

    private mutating func enquiry() -> ReceivedSubmission {
        enquiries += 1
        var need: [String] = []
        if one(in: 2) { need.append(#""projects": ["\#(pick(Self.projects))"]"#) }
        if one(in: 3) { need.append(#""districts": ["\#(pick(Self.districts))"]"#) }
        if one(in: 2) { need.append(#""budget": {"max": \#((1 + below(9)) * 100_000_000)}"#) }
        if one(in: 3) { need.append(#""timeframe": "\#(1 + below(9))m""#) }
        var more = need.isEmpty ? "" : #", "need": {\#(need.joined(separator: ", "))}"#
        if one(in: 3) { more += #", "message": "想看学区房""# }
        if one(in: 4) { more += #", "campaign": "\#(pick(["autumn", "spring"]))""# }
        if one(in: 6) { more += #", "referrer": {"code": "R-NONE"}"# }
        // Some write again, and some come back after their lead was closed.
        let phone = "138\(String(format: "%08d", one(in: 5) ? below(max(1, enquiries)) : enquiries))"
        let channel = one(in: 4) ? "showroom" : "web"
        let body = Office.enquiry("\(enquiries)", phone: phone, more: more)
            .replacing(#""channel": "web""#, with: #""channel": "\#(channel)""#)
        return Office.submission(body, channel: channel)
    }

    // MARK: What is changed

    private mutating func changeRules() async throws {
        let rules = (0...below(5)).map { number in
            AssignmentRule(
                "rule \(number)",
                target(),
                when: (0..<below(3)).map { _ in condition() },
                isEnabled: !one(in: 8)
            )
        }
        try await office.switchOn(RuleSet(rules, fallback: one(in: 4) ? "shared" : Assignment.mainPool))
    }

    private mutating func target() -> RuleTarget {
        let team = one(in: 3) ? pick(teams) : nil
        switch below(8) {
        case 0: return RuleTarget(.previousOwner)
        case 1: return RuleTarget(.project, teamID: team)
        case 2: return RuleTarget(.district, teamID: team)
        case 3: return RuleTarget(.person, staffID: pick(agents))
        case 4: return RuleTarget(.firstToClaim, pool: "shared", seconds: 60 * (1 + below(5)))
        case 5 where one(in: 3): return RuleTarget(.pool, pool: "shared")
        default: return RuleTarget(.any, teamID: team)
        }
    }

    private mutating func condition() -> RuleCondition {
        switch below(8) {
        case 0: RuleCondition(.channelKind, .is, ["showroom"])
        case 1: RuleCondition(.grade, one(in: 2) ? .is : .isNot, ["A"])
        case 2: RuleCondition(.budget, .atLeast, ["\((1 + below(6)) * 1_000_000)"])
        case 3: RuleCondition(.project, .is, [pick(Self.projects)])
        case 4: RuleCondition(.hour, .between, ["\(below(24))", "\(below(24))"])
        case 5: RuleCondition(.campaign, one(in: 2) ? .isKnown : .isUnknown)
        case 6: RuleCondition(.returning, .is, ["yes"])
        default: RuleCondition(.tag, .is, ["interest=education"])
        }
    }

    private mutating func changeGrades() async throws {
        let kinds: [GradeTest] = [
            GradeTest(.budgetAtLeast, "\((1 + below(8)) * 1_000_000)"), GradeTest(.withinMonths, "\(1 + below(9))"),
            GradeTest(.projectNamed), GradeTest(.messageLeft), GradeTest(.completeness, "\(3 + below(4))"),
            GradeTest(.visited), GradeTest(.channelKind, "showroom, event"), GradeTest(.budgetNamed),
        ]
        var rules: [GradeRule] = []
        for number in 0...below(4) {
            let tests = kinds.shuffled(using: &chance).prefix(1 + below(2))
            rules.append(GradeRule(name: "grade \(number)", grade: pick(Grade.allCases), tests: Array(tests)))
        }
        rules.append(GradeRule(name: "everybody", grade: pick(Grade.allCases), tests: []))
        let present = try await office.spine.read { try await GradeStore($0).table().version }
        try await office.change(rules, from: present)
    }

    // MARK: Staff

    private mutating func hire() async throws {
        let member = Member(
            team: pick(teams),
            projects: Self.projects.filter { _ in one(in: 2) },
            districts: Self.districts.filter { _ in one(in: 3) },
            capacity: 2 + below(40)
        )
        let id = StaffID.new()
        hired.append(id)
        try await tell(id, member)
    }

    private mutating func comeOrGo() async throws {
        let id = pick(agents)
        guard var member = members[id] else { return }
        member.sequence += 1
        switch below(12) {
        case 0 where agents.count > 4: member.isActive = false
        case 1..<3: member.capacity = 1 + below(60)
        default: member.isThere.toggle()
        }
        try await tell(id, member)
        if !member.isActive { try await hire() }
    }

    private mutating func tell(_ id: StaffID, _ member: Member) async throws {
        members[id] = member
        try await office.staff(
            id,
            team: member.team,
            projects: member.projects,
            districts: member.districts,
            capacity: member.capacity,
            onShift: member.isThere,
            active: member.isActive,
            sequence: member.sequence
        )
    }

    private mutating func planAbsence() async throws {
        let today = LocalTime(office.spine.clock.now).day
        var attendance = Attendance(perDay: one(in: 2) ? 1 + below(20) : nil)
        if one(in: 3) {
            attendance.leaves = [.init(first: LocalTime.date(of: today), last: LocalTime.date(of: today + below(2)))]
        }
        let (id, plan, office) = (pick(agents), attendance, office)
        try await office.spine.perform(Cause(actor: "test")) { work in
            try await office.app.watchAttendance.change(id, to: plan, Self.sight, work)
        }
    }

    private func pass(minutes: Int) async throws {
        let later = office.spine.clock.now.addingTimeInterval(Double(minutes) * 60)
        try await office.spine.fireTimers(office.app.timers, now: later)
    }

    private mutating func decideByHand() async throws {
        guard let lead = try await openLead() else { return }
        let (agent, toPool, office) = (pick(agents), one(in: 2), office)
        try await office.spine.perform(.staff(.new())) { work in
            let act: BulkAct = toPool ? .pool("shared") : .assign(agent)
            _ = try await office.app.changeLeads([lead.id], act, Self.sight, work)
        }
    }

    private mutating func claim() async throws {
        guard let lead = try await openLead(), lead.pool != nil else { return }
        try await office.claim(lead.id, by: pick(agents))
    }

    private mutating func discard() async throws {
        guard let lead = try await openLead() else { return }
        let office = office
        try await office.spine.perform(.staff(.new())) { work in
            try await office.app.discardLead(lead.id, reason: "no-need", note: nil, Self.sight, work)
        }
    }

    /// Somebody is spoken with, or comes to see us, which may be worth another grade.
    private mutating func call() async throws {
        guard let lead = try await openLead() else { return }
        let contact = ContactLogged(
            contactID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            staffID: lead.ownerID ?? pick(agents),
            kind: one(in: 2) ? "visit" : "call",
            isReached: !one(in: 4),
            contactedAt: office.spine.clock.now
        )
        try await office.hear(contact, about: contact.contactID, uid: lead.uid)
    }

    // MARK: Chance

    private var agents: [StaffID] { hired.filter { members[$0]?.isActive == true } }

    private mutating func openLead() async throws -> Lead? {
        try await office.leads().filter(\.status.isOpen).randomElement(using: &chance)
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &chance) }

    private mutating func one(in many: Int) -> Bool { below(many) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
