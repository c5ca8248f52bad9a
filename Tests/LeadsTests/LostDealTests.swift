import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("People whose deal was lost")
struct LostDealTests {
    /// A person whose deal is under way.
    private func underWay(_ office: Office) async throws -> (lead: Lead, deal: DealID) {
        let agent = try await office.staff()
        try await office.push(Office.willing("1"))
        let lead = try #require(try await office.leads().first)
        var opened = DealOpened.example
        (opened.dealID, opened.uid, opened.leadID, opened.ownerID) = (.new(), lead.uid, lead.id, agent)
        try await office.hear(opened, about: opened.dealID, uid: lead.uid, sequence: 1)
        return (lead, opened.dealID)
    }

    private func lose(
        _ office: Office,
        _ lead: Lead,
        _ deal: DealID,
        _ reason: String,
        sequence: Int64 = 2
    ) async throws {
        var lost = DealLost.example
        (lost.dealID, lost.uid, lost.leadID, lost.reason) = (deal, lead.uid, lead.id, reason)
        let id = UUID.v7()
        for _ in 0..<2 { try await office.hear(lost, about: deal, uid: lead.uid, id: id, sequence: sequence) }
    }

    @Test("a deal that is lost for a reason that a sequence names brings its person in, once, though it is told twice")
    func enrolled() async throws {
        try await Office.open { office in
            let (lead, deal) = try await underWay(office)
            let id = try await office.nurture(isForWeb: false, takes: ["deal-lost:price"])
            let other = try await office.nurture(isForWeb: false, takes: ["deal-lost:school"], named: "Other")
            try await lose(office, lead, deal, "price")
            for _ in 0..<2 { try await office.ring(at: Date()) }
            let enrolments = try await office.enrolments(of: id)
            #expect(enrolments.map(\.uid) == [lead.uid])
            #expect(enrolments.first?.why.rule == "nurture.enrolled-deal-lost")
            #expect(enrolments.first?.why.inputs["reason"] == "deal-lost:price")
            #expect(try await office.enrolments(of: other).isEmpty)
            #expect(try await office.outcomes() == ["enrolled"])
        }
    }

    @Test("who has another deal, or that one again before anybody looked, is not taken in")
    func notLost() async throws {
        try await Office.open { office in
            let (lead, deal) = try await underWay(office)
            let id = try await office.nurture(isForWeb: false, takes: ["deal-lost:price"])
            // Sales opened this one without a lead.
            var second = DealOpened.example
            (second.dealID, second.uid, second.leadID) = (.new(), lead.uid, nil)
            try await office.hear(second, about: second.dealID, uid: lead.uid, sequence: 1)
            try await lose(office, lead, deal, "price")
            try await office.ring(at: Date())
            #expect(try await office.enrolments(of: id).isEmpty)
            try await lose(office, lead, second.dealID, "price")
            var moved = DealStageChanged.example
            (moved.dealID, moved.uid, moved.to) = (second.dealID, lead.uid, "negotiation")
            try await office.hear(moved, about: second.dealID, uid: lead.uid, sequence: 3)
            try await office.ring(at: Date())
            #expect(try await office.enrolments(of: id).isEmpty)
        }
    }

    @Test("a deal that goes on ends it, as does a new one")
    func goesOn() async throws {
        try await Office.open { office in
            let (lead, deal) = try await underWay(office)
            let id = try await office.nurture(isForWeb: false, takes: ["deal-lost:other"])
            try await lose(office, lead, deal, "other")
            try await office.ring(at: Date())
            #expect(try await office.enrolments(of: id).map(\.state.isUnderWay) == [true])
            var moved = DealStageChanged.example
            (moved.dealID, moved.uid, moved.from, moved.to) = (deal, lead.uid, "lost", "plan-made")
            try await office.hear(moved, about: deal, uid: lead.uid, sequence: 3)
            #expect(try await office.enrolments(of: id).map(\.reason) == ["deal"])
        }
    }

    @Test("the page of a sequence offers each reason in words")
    func page() async throws {
        try await FrontDoor.open { office, client, head in
            let id = try await office.nurture(isForWeb: false, takes: ["deal-lost:financing"])
            let page = try await client.get("/leads/nurture/\(id)", as: head)
            #expect(page.text.contains("Deal lost: financing") && page.missingWords == [])
        }
    }
}
