import Contracts
import Foundation
import Messaging
import Policies
import TestSupport
import Testing

@testable import Leads

/// What is learned from deals and said of leads.
extension Office {
    /// An office where four of eight deals were won, three of them of people who wanted to buy, and little is enough to speak.
    static func taught(minimumCases: Double = 8, _ body: (Office, StaffID) async throws -> Void) async throws {
        try await Office.open { office in
            try await body(office, try await teach(office, minimumCases: minimumCases))
        }
    }

    /// - Returns: the agent whose deals these were.
    @discardableResult
    static func teach(_ office: Office, minimumCases: Double = 8) async throws -> StaffID {
        let agent = try await office.staff(capacity: 400)
        try await office.wish(minimumCases: minimumCases)
        let teachers = try await office.enquire((0..<8).map { ($0 < 4 ? "buy" : "rent", 100 + $0) })
        for (number, lead) in teachers.enumerated() {
            let deal = try await office.openDeal(of: lead, by: agent)
            if [0, 1, 2, 4].contains(number) {
                try await office.win(deal, of: lead, by: agent)
            } else {
                try await office.lose(deal, of: lead, by: agent)
            }
        }
        return agent
    }

    func wish(minimumCases: Double) async throws {
        let version = try await spine.read { try await PolicyStore($0).current(ScorePolicy.self).version }
        try await spine.perform(Cause(actor: "test")) { work in
            let values = ["minimumCases": minimumCases, "minimumPerValue": 0]
            try await app.changePolicy("score.learning", PolicyWish(version: version, values: values, note: nil), work)
        }
    }

    func openDeal(of lead: Lead, by agent: StaffID) async throws -> DealID {
        let opened = DealOpened(
            dealID: .new(),
            uid: lead.uid,
            leadID: lead.id,
            ownerID: agent,
            title: "t",
            stage: "first-talk"
        )
        try await hear(opened, about: opened.dealID, uid: lead.uid)
        return opened.dealID
    }

    /// People enquire, all at once: for what, and the end of their number.
    /// - Returns: their leads, in the same order.
    @discardableResult
    func enquire(_ wishes: [(purpose: String, number: Int)]) async throws -> [Lead] {
        try await push(
            wishes.map { wish in
                let need = #", "need": {"purpose": "\#(wish.purpose)"}"#
                return Office.submission(
                    Office.enquiry("s\(wish.number)", phone: "13800000\(wish.number)", more: need)
                )
            }
        )
        let found = try await listed(.newest).map { ($0.phone, $0.lead) }
        let leads = Dictionary(found) { first, _ in first }
        return try wishes.map { try #require(leads["+8613800000\($0.number)"]) }
    }

    /// Whatever is to be said anew is said.
    func scoreAll() async throws {
        while try await app.scoreLeads() {}
    }

    /// The leads that somebody who sees all finds, in an order, some at a time.
    func listed(_ order: LeadOrder, _ filter: LeadFilter = .init(), atOnce: Int = 100) async throws -> [LeadView] {
        var found: [LeadView] = []
        while true {
            let place = try found.last.map { try order.place(order.cursor(after: $0)) }
            let page = try await spine.read {
                let sight = Cast.head.principal.leadSight
                return try await LeadListStore($0).list(filter, sight, order, after: place, limit: atOnce)
            }
            found += page
            if page.count < atOnce { return found }
        }
    }

    func percents() async throws -> [LeadID: Int] {
        let found = try await listed(.newest).compactMap { view in view.percent.map { (view.lead.id, $0) } }
        return Dictionary(found) { first, _ in first }
    }

    func explained(_ lead: LeadID) async throws -> ExplainedScore? {
        try await spine.read { try await LeadScoreStore($0).explained(lead) }
    }

    func scoreVersion() async throws -> ScoreVersion? {
        try await spine.read { try await ScoreVersionStore($0).newest() }
    }

    /// Each number of the list is the one that the lead's own page explains; a lead that has none there has none here.
    @discardableResult
    func expectListEqualsPages(_ place: SourceLocation = #_sourceLocation) async throws -> Set<Int> {
        var versions: Set<Int> = []
        for view in try await listed(.likeliest) {
            let explained = try await explained(view.lead.id)
            #expect(view.percent == explained?.score.percent, sourceLocation: place)
            if let explained { versions.insert(explained.version.number) }
        }
        return versions
    }
}
