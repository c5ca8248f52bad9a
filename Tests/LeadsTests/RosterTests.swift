import Contracts
import Testing

@testable import Leads

@Suite("Assignment")
struct RosterTests {
    static let rules = RuleSet([
        AssignmentRule("previous", .previousOwner), AssignmentRule("project", .project),
        AssignmentRule("district", .district), AssignmentRule("any", .any),
    ])

    static func question(_ projects: [String] = [], districts: [String] = []) -> AssignmentQuestion {
        var facts = LeadFacts()
        facts[.channel] = ["web"]
        facts[.grade] = ["A"]
        facts[.project] = projects
        facts[.district] = districts
        return AssignmentQuestion(facts)
    }

    @Test("a project is sold by those who sell it, a district by those who know it, else anybody serves")
    func order() {
        let seller = Agent(id: .new(), projects: ["river-park"], capacity: 40)
        let local = Agent(id: .new(), districts: ["浦东"], capacity: 40)
        var roster = Roster(rules: Self.rules, agents: [seller, local])
        #expect(roster.assign(Self.question(["river-park"], districts: ["浦东"])).ownerID == seller.id)
        let second = roster.assign(Self.question(["lake-view"], districts: ["浦东"]))
        #expect(second.ownerID == local.id)
        #expect(second.why.rule == "district")
        #expect(second.why.tried == ["previous: nobody matches", "project: nobody matches"])
        #expect(roster.assign(Self.question()).why.rule == "any")
    }

    @Test("who had the person's last lead gets the next one, if free")
    func previous() {
        let agents = (0..<3).map { _ in Agent(id: .new(), capacity: 40) }
        var roster = Roster(rules: Self.rules, agents: agents)
        var question = Self.question()
        question.previousOwner = agents[2].id
        #expect(roster.assign(question).ownerID == agents[2].id)
    }

    @Test("nobody over capacity, off shift or excluded gets a lead; then it waits in the pool")
    func pool() {
        let full = Agent(id: .new(), capacity: 1, load: 1)
        let home = Agent(id: .new(), capacity: 9, isOnShift: false)
        let excluded = Agent(id: .new(), capacity: 9)
        var roster = Roster(rules: Self.rules, agents: [full, home, excluded])
        var question = Self.question()
        question.excluded = [excluded.id]
        let assignment = roster.assign(question)
        #expect(assignment.ownerID == nil)
        #expect(assignment.pool == "main")
        #expect(assignment.why.tried?.last == "any: 2 matching, full, off shift")
    }

    @Test("capacity is never exceeded", arguments: [1, 7, 40])
    func capacity(_ capacity: Int) {
        let agents = (0..<5).map { _ in Agent(id: .new(), capacity: capacity) }
        var roster = Roster(rules: Self.rules, agents: agents)
        let owners = (0..<(5 * capacity + 10)).map { _ in roster.assign(Self.question()).ownerID }
        #expect(owners.count { $0 == nil } == 10)
        #expect(roster.agents.values.allSatisfy { $0.load == capacity })
    }

    @Test("over 10,000 leads nobody's share is off by a lead", arguments: [2, 3, 7, 16])
    func fair(_ count: Int) {
        let agents = (0..<count).map { _ in Agent(id: .new(), capacity: .max) }
        var roster = Roster(rules: Self.rules, agents: agents)
        for _ in 0..<10_000 { _ = roster.assign(Self.question()) }
        for agent in roster.agents.values {
            #expect(abs(Double(agent.served) - 10_000 / Double(count)) < 1)
        }
    }

    @Test("a rotation goes on where it was after a restart")
    func restart() {
        let agents = (0..<3).map { _ in Agent(id: .new(), capacity: .max) }
        var whole = Roster(rules: Self.rules, agents: agents)
        let expected = (0..<20).map { _ in whole.assign(Self.question()).ownerID }
        var roster = Roster(rules: Self.rules, agents: agents)
        var got: [StaffID?] = []
        for _ in 0..<20 {
            got.append(roster.assign(Self.question()).ownerID)
            roster = Roster(rules: Self.rules, agents: Array(roster.agents.values))
        }
        #expect(got == expected)
    }

    @Test("whoever was away gets no more than their turn when they come back")
    func back() {
        let agents = (0..<2).map { _ in Agent(id: .new(), capacity: .max) }
        var away = agents
        away[1].isOnShift = false
        var roster = Roster(rules: Self.rules, agents: away)
        for _ in 0..<10 { _ = roster.assign(Self.question()) }
        var returned = Array(roster.agents.values)
        for index in returned.indices { returned[index].isOnShift = true }
        roster = Roster(rules: Self.rules, agents: returned)
        for _ in 0..<10 { _ = roster.assign(Self.question()) }
        #expect(roster.agents[agents[1].id]?.served == 5)
    }
}
