import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("The life cycle")
struct LifeCycleTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let contract = SaleContractID.new()

    private static func day(_ days: Double) -> Date { start.addingTimeInterval(days * 86_400) }

    private static func deal(_ outcome: DealFact.Outcome, day: Double, contract: SaleContractID? = nil) -> DealFact {
        DealFact(
            id: .new(),
            origin: .new(),
            leadID: nil,
            project: nil,
            outcome: outcome,
            contractID: contract,
            price: nil,
            wonAt: outcome == .won ? Self.day(day) : nil,
            notedAt: Self.day(day - 0.5)
        )
    }

    private static func mark(_ kind: LifeMark.Kind, _ grade: String? = nil, day: Double = 1) -> LifeMark {
        LifeMark(kind: kind, ref: "\(day)", grade: grade, contractID: contract, at: Self.day(day))
    }

    private static func order(_ stage: LifeStage?, day: Double) -> LifeOrder {
        LifeOrder(stage: stage, reason: "r", by: "staff", at: Self.day(day))
    }

    private static let table: [(LifeCourse, LifeStage, String)] = [
        (LifeCourse(), .potential, "enquired"),
        (LifeCourse(marks: [mark(.visit)]), .intent, "visited"),
        (LifeCourse(marks: [mark(.contact, "A")]), .intent, "spoken-with"),
        (LifeCourse(marks: [mark(.contact, "B")]), .intent, "spoken-with"),
        (LifeCourse(marks: [mark(.contact, "C")]), .potential, "enquired"),
        (LifeCourse(deals: [deal(.open, day: 1)]), .intent, "deal-opened"),
        (LifeCourse(deals: [deal(.lost, day: 1)]), .intent, "deal-opened"),
        (LifeCourse(marks: [mark(.visit)], deals: [deal(.won, day: 2)]), .deal, "deal-won"),
        (LifeCourse(marks: [mark(.handover, day: 3)], deals: [deal(.won, day: 2)]), .owner, "moved-in"),
        (
            LifeCourse(marks: [mark(.handover, day: 3)], deals: [deal(.won, day: 2, contract: contract)]), .owner,
            "moved-in"
        ),
        // What was handed over under a contract that does not stand is not theirs.
        (
            LifeCourse(marks: [mark(.handover, day: 3)], deals: [deal(.lost, day: 2, contract: contract)]), .intent,
            "deal-opened"
        ),
        (LifeCourse(deals: [deal(.won, day: 2), deal(.won, day: 4)]), .historic, "bought-again"),
        (LifeCourse(deals: [deal(.won, day: 2), deal(.lost, day: 4)]), .deal, "deal-won"),
        // What staff said stands above what was before it, and what comes later moves on.
        (LifeCourse(order: order(.intent, day: 1)), .intent, "by-hand"),
        (LifeCourse(deals: [deal(.won, day: 2)], order: order(.intent, day: 3)), .intent, "by-hand"),
        (LifeCourse(deals: [deal(.won, day: 4)], order: order(.intent, day: 3)), .deal, "deal-won"),
        (LifeCourse(deals: [deal(.won, day: 4)], order: order(.owner, day: 3)), .owner, "by-hand"),
        (LifeCourse(deals: [deal(.won, day: 2)], order: order(nil, day: 3)), .deal, "deal-won"),
    ]

    @Test("the stage is the furthest for which anything speaks", arguments: table)
    func stage(_ course: LifeCourse, _ stage: LifeStage, _ rule: String) {
        let cycle = LifeCycle.now(course, Versioned(value: .standard, version: 1))
        #expect(cycle.stage == stage)
        #expect(cycle.why.rule == "life.\(rule)")
        #expect(cycle.why.otherwise != nil)
    }

    @Test("the policy says what is evidence")
    func policy() {
        var policy = LifePolicy()
        policy.visitIsIntent = false
        policy.gradeCIsIntent = true
        policy.historicFromDeal = 3
        func stage(_ course: LifeCourse) -> LifeStage {
            LifeCycle.now(course, Versioned(value: policy, version: 2)).stage
        }
        #expect(stage(LifeCourse(marks: [Self.mark(.visit)])) == .potential)
        #expect(stage(LifeCourse(marks: [Self.mark(.contact, "C")])) == .intent)
        #expect(stage(LifeCourse(deals: [Self.deal(.won, day: 1), Self.deal(.won, day: 2)])) == .deal)
    }

    @Test(
        "somebody moves on as they visit, sign, move in and buy again, once each, and goes back when a deal is taken back"
    )
    func story() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            try await office.visits(lead, agent)
            let deal = DealID.new()
            try await office.opens(lead, deal)
            try await office.wins(lead, deal)
            try await office.movesIn(lead)
            let second = DealID.new()
            try await office.wins(lead, second)
            #expect(try await office.stages(of: lead.uid) == ["intent", "deal", "owner", "historic"])
            try await office.loses(lead, second)
            try await office.wins(lead, second, sequence: 4)
            #expect(try await office.stages(of: lead.uid).suffix(2) == ["owner", "historic"])
            let back = try await office.spine.events(of: PersonStageChanged.self).first { $0.from == "historic" }
            #expect(back?.why.rule == "life.taken-back")
        }
    }

    @Test("a deal that was lost before it was won is not won, in whatever order that is told")
    func order() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let deal = DealID.new()
            try await office.loses(lead, deal, sequence: 3)
            try await office.wins(lead, deal, sequence: 2)
            #expect(try await office.stages(of: lead.uid) == ["intent"])
        }
    }

    @Test("of two who turn out to be one the further stage holds; parted, each has their own again")
    func merged() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.two()
            let leads = try await office.leads()
            try await office.visits(leads[0], agent)
            try await office.wins(leads[1], .new())
            let merge = try await office.merge(other, into: one)
            #expect(try await office.stage(of: one) == .deal)
            #expect(try await office.count("SELECT count(*) AS count FROM life_cycles") == 1)
            try await office.unmerge(merge.id)
            #expect(try await office.stage(of: one) == .intent)
            #expect(try await office.stage(of: other) == .deal)
            // Two first deals of one person are a second one.
            try await office.wins(leads[0], .new())
            try await office.merge(other, into: one)
            #expect(try await office.stage(of: one) == .historic)
        }
    }

    @Test("staff set a stage with a reason, which erasure takes; the inbox and segments find people by it")
    func byHand() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            try await office.push(Office.enquiry("2", phone: "13900000009"))
            let leads = try await office.leads()
            let path = "/leads/api/v1/persons/\(leads[0].uid)/stage"
            let stranger = Principal(staffID: .v7(), name: "A", email: "a@l.example", role: .agent, scope: .own)
            let body = #"{"stage": "intent", "reason": "慕容复 signs soon"}"#
            #expect(try await client.post(path, json: body, as: stranger).status == 404)
            #expect(try await client.post(path, json: #"{"stage": "x", "reason": "r"}"#, as: head).status == 422)
            #expect(try await client.post(path, json: #"{"stage": "deal", "reason": " "}"#, as: head).status == 422)
            #expect(try await client.post(path, json: body, as: head).status == 200)
            #expect(try await office.stage(of: leads[0].uid) == .intent)
            func listed(_ stage: LifeStage) async throws -> [LeadID] {
                var filter = LeadFilter()
                filter.stage = stage
                let wanted = filter
                return try await office.spine.read {
                    try await LeadListStore($0).list(wanted, head.leadSight, limit: 10).map(\.lead.id)
                }
            }
            #expect(try await listed(.intent) == [leads[0].id])
            #expect(try await listed(.potential) == [leads[1].id])
            func members(_ test: SegmentTest) async throws -> [UID] {
                try await office.spine.read {
                    try await SegmentStore($0).members([test], limit: 10, now: Date()).map(\.uid)
                }
            }
            #expect(try await members(SegmentTest(.stage, "intent", "deal")) == [leads[0].uid])
            #expect(try await members(SegmentTest(.stage, "intent", isNot: true)) == [leads[1].uid])
            #expect(SegmentTest(.stage, "nowhere").objection("t") != nil)
            let counts = try await office.spine.read { try await LifeCycleStore($0).counts() }
            #expect(counts == [.intent: 1, .potential: 1])
            try await office.erase(leads[0].uid)
            #expect(try await office.places(of: "慕容复") == [])
        }
    }

    @Test("funnel, list and person are shown in both languages without a missing word", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            try await office.visits(lead, agent)
            try await office.wins(lead, .new())
            for path in [
                "/leads/lifecycle", "/leads/leads?stage=deal", "/leads/persons/\(lead.uid)",
                "/leads/settings/leads.life", "/leads/leads",
            ] {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
            let funnel = try await client.get("/leads/lifecycle", as: head)
            #expect(funnel.text.contains("/leads/leads?stage=historic"))
        }
    }
}

extension Office {
    /// Told twice, as everything.
    func visits(_ lead: Lead, _ agent: StaffID) async throws {
        let visit = ContactLogged(
            contactID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            staffID: agent,
            kind: "visit",
            isReached: true,
            contactedAt: Date()
        )
        for _ in 0...1 { try await hear(visit, about: visit.contactID, uid: lead.uid) }
    }

    func movesIn(_ lead: Lead) async throws {
        let keys = HandoverCompleted(
            handoverID: .new(),
            uid: lead.uid,
            contractID: .new(),
            project: "river-park",
            unitNumber: "1",
            completedAt: Date()
        )
        for _ in 0...1 { try await hear(keys, about: keys.handoverID, uid: lead.uid) }
    }

    /// The stages that somebody has come to, as was told.
    func stages(of uid: UID) async throws -> [String] {
        try await spine.events(of: PersonStageChanged.self).filter { $0.uid == uid }.map(\.to)
    }

    func stage(of uid: UID) async throws -> LifeStage {
        try await spine.read { try await LifeCycleStore($0).find(uid)?.stage ?? .potential }
    }
}
