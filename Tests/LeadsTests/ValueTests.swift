import Contracts
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Buyers by value")
struct ValueTests {
    @Test("buyers of a project are put into layers by how much they bought for and how often they are in touch")
    func layers() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let buyers = try await office.buyers([1_000, 900, 800, 700, 600, 500, 400, 300, 200, 100])
            // The dearest and the cheapest come often, the others never again.
            for _ in 0..<3 {
                try await office.visits(buyers[0], agent)
                try await office.visits(buyers[9], agent)
            }
            try await office.reckonValues()
            let layers = try await office.layers()
            #expect(layers[buyers[0].uid] == "core")
            #expect(layers[buyers[1].uid] == "potential")
            #expect(layers[buyers[9].uid] == "active")
            #expect(layers[buyers[5].uid] == "dormant")
            #expect(layers.count == 10)
            let standing = try #require(try await office.standings(of: buyers[0].uid).first)
            #expect(standing.value == 5)
            #expect(standing.people == 10)
            #expect(standing.why.inputs["highValueFrom"] == "700")
            #expect(standing.why.rule == "value.core")
        }
    }

    @Test("the layer is a tag that segments find; reckoned again nothing changes, and it goes when the deal does")
    func tags() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let buyers = try await office.buyers([600, 500, 400, 300, 200, 100])
            for _ in 0..<2 { try await office.visits(buyers[0], agent) }
            try await office.reckonValues()
            try await office.reckonValues()
            #expect(try await office.worth(buyers[0].uid) == ["core"])
            let members = try await office.spine.read {
                try await SegmentStore($0).members([SegmentTest("tag.worth", ["core"])], limit: 10, now: Date())
            }
            #expect(members.map(\.uid) == [buyers[0].uid])
            try await office.loses(buyers[0], office.deal(of: buyers[0]))
            try await office.reckonValues()
            #expect(try await office.worth(buyers[0].uid) == [])
            #expect(try await office.worth(buyers[1].uid).count == 1)
            // Too few for fifths.
            try await office.loses(buyers[1], office.deal(of: buyers[1]))
            try await office.reckonValues()
            #expect(try await office.layers() == [:])
            #expect(try await office.count("SELECT count(*) AS count FROM tags WHERE key = 'worth'") == 0)
        }
    }

    @Test("those who are alike share a fifth, whoever they are")
    func alike() async throws {
        try await Office.open { office in
            try await office.staff()
            let buyers = try await office.buyers([500, 500, 500, 500, 500, 500])
            try await office.reckonValues()
            for buyer in buyers {
                let standing = try #require(try await office.standings(of: buyer.uid).first)
                #expect(standing.value == 3)
                #expect(standing.frequency == 3)
            }
        }
    }

    @Test("two who turn out to be one are worth what both bought; parted, each their own")
    func merged() async throws {
        try await Office.open { office in
            try await office.staff()
            let buyers = try await office.buyers([100, 200, 300, 400, 500, 600, 700])
            try await office.reckonValues()
            let merge = try await office.merge(buyers[1].uid, into: buyers[0].uid)
            try await office.reckonValues()
            #expect(try await office.standings(of: buyers[0].uid).map(\.minor) == [30_000])
            #expect(try await office.standings(of: buyers[1].uid) == [])
            #expect(try await office.worth(buyers[1].uid) == [])
            try await office.unmerge(merge.id)
            try await office.reckonValues()
            #expect(try await office.standings(of: buyers[0].uid).map(\.minor) == [10_000])
            #expect(try await office.standings(of: buyers[1].uid).map(\.minor) == [20_000])
        }
    }

    @Test("the night is waited for once, reckons every project, and waits for the next one")
    func night() async throws {
        try await Office.open { office in
            try await office.staff()
            _ = try await office.buyers([100, 200, 300, 400, 500])
            for _ in 0...1 {
                try await office.spine.perform(Cause(actor: "test")) { try await office.app.keepValues.begin($0) }
            }
            let timers = office.app.timers.filter { $0.kind.hasPrefix("leads.value") }
            let fired = try await office.spine.fireTimers(timers, now: Date().addingTimeInterval(26 * 3_600))
            #expect(fired >= 2)
            #expect(try await office.layers().count == 5)
            try await office.spine.ringsAgain(KeepValues.nightTimer, ["all"], timers)
            let waiting: SQL = "SELECT count(*) AS count FROM timers WHERE kind = 'leads.value.night'"
            #expect(try await office.count(waiting) == 1)
        }
    }

    @Test("the night is at the hour of the policy, where we are")
    func hour() throws {
        let now = try #require(Wire.date(from: "2026-11-22T03:00:00.000Z"))
        let night = ValuePolicy.standard.nextNight(after: now, in: .shanghai)
        #expect(Wire.text(of: night) == "2026-11-22T18:30:00.000Z")
    }

    @Test("funnel and person show layers and what is done for them, in both languages", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let buyers = try await office.buyers([100, 200, 300, 400, 500])
            try await office.reckonValues()
            let paths = [
                "/leads/lifecycle", "/leads/persons/\(buyers[4].uid)", "/leads/leads/\(buyers[4].id)",
                "/leads/settings/leads.value", "/leads/tags",
            ]
            for path in paths {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }
}

extension Office {
    /// So many who have bought in River Park, each for so many yuan.
    func buyers(_ prices: [Int64]) async throws -> [Lead] {
        var buyers: [Lead] = []
        for (index, price) in prices.enumerated() {
            try await push(Office.enquiry("b\(index)", phone: "137000000\(10 + index)"))
            let lead = try #require(try await leads().last)
            let deal = deal(of: lead)
            try await opens(lead, deal, project: "river-park")
            try await wins(lead, deal, minor: price * 100)
            buyers.append(lead)
        }
        return buyers
    }

    /// The one deal of a buyer.
    func deal(of lead: Lead) -> DealID { DealID(lead.id.uuid) }

    /// What is to be reckoned soon is reckoned now, without anybody's clock moving on.
    func reckonValues() async throws {
        let timers = app.timers.filter { $0.kind == KeepValues.projectTimer }
        try await spine.ringsAgain(KeepValues.projectTimer, ["river-park"], timers)
    }

    func layers() async throws -> [UID: String] {
        try await spine.read { tx in
            let rows = try await tx.all("SELECT uid, layer FROM value_layers") {
                (try $0["uid"] as UID, try $0["layer"] as String)
            }
            return Dictionary(rows) { first, _ in first }
        }
    }

    func standings(of uid: UID) async throws -> [ValueStanding] {
        try await spine.read { try await ValueStore($0).of(uid) }
    }

    /// The layers that somebody's tags name and that hold.
    func worth(_ uid: UID) async throws -> [String] {
        try await spine.read { tx in
            try await TagStore(tx).of([uid])[uid, default: []].filter { $0.key == "worth" && $0.isWinner }.map(\.value)
        }
    }
}
