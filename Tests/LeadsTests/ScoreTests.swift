import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("What is learned from deals")
struct ScoreTests {
    /// Ten deals: of six from the showroom five were won, of four from the web one.
    private var model: ScoreModel {
        var policy = ScorePolicy.standard
        policy.minimumCases = 10
        policy.minimumPerValue = 2
        return ScoreModel(
            total: .init(won: 6, lost: 4),
            counts: [
                .channel: ["showroom": .init(won: 5, lost: 1), "web": .init(won: 1, lost: 3)],
                .purpose: ["buy": .init(won: 6, lost: 3), "rent": .init(won: 0, lost: 1)],
            ],
            policy: policy
        )
    }

    @Test("the contributions and the prior add up to the log-odds")
    func additive() throws {
        let score = try #require(model.score(ScoreFacts([.channel: "showroom", .purpose: "buy"])))
        let sum = score.contributions.compactMap(\.logOdds).reduce(score.prior, +)
        #expect(abs(sum - score.logOdds) < 1e-12)
        #expect(abs(score.probability - 1 / (1 + exp(-sum))) < 1e-12)
        // By hand: P(showroom | won) is 5.1 of 6.2, P(showroom | lost) 1.1 of 4.2.
        let channel = try #require(score.contributions.first { $0.factor == .channel }?.logOdds)
        #expect(abs(channel - log((5.1 / 6.2) / (1.1 / 4.2))) < 1e-12)
        #expect(abs(score.prior - log(6.1 / 4.1)) < 1e-12)
        #expect(score.probability > 0.5)
    }

    @Test("a value that hardly anybody had says nothing, and one nobody had neither")
    func silentValues() throws {
        let score = try #require(model.score(ScoreFacts([.purpose: "rent", .channel: "never-seen"])))
        #expect(score.contributions.allSatisfy { $0.logOdds == nil })
        #expect(score.logOdds == score.prior)
    }

    @Test("below the minimum of cases, or while all ended alike, nothing is said")
    func silent() {
        var few = model
        few.policy.minimumCases = 11
        #expect(few.score(ScoreFacts([.channel: "web"])) == nil)
        var happy = model
        happy.total = .init(won: 20, lost: 0)
        #expect(happy.score(ScoreFacts([.channel: "web"])) == nil)
    }

    @Test("calibration tells what came of what was told, and a Brier score per month")
    func calibration() {
        let cases = [(0.9, true), (0.9, true), (0.9, false), (0.1, false)].map {
            Calibration.Case(month: "2026-11", predicted: $0.0, isWon: $0.1)
        }
        let calibration = Calibration(cases + [.init(month: "2026-10", predicted: 0.5, isWon: true)])
        #expect(calibration.bands.map(\.tenth) == [1, 5, 9])
        #expect(abs(calibration.bands[2].won - 2.0 / 3) < 1e-12)
        #expect(calibration.months.map(\.month) == ["2026-11", "2026-10"])
        #expect(abs(calibration.months[0].brier - (0.01 + 0.01 + 0.81 + 0.01) / 4) < 1e-12)
        #expect(calibration.months[1].brier == 0.25)
    }

    @Test("won, lost and open again in any order: the counts are what counting anew gives", arguments: [1, 2, 3])
    func anyOrder(_ seed: UInt64) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiries(6))
            let leads = try await office.leads()
            let deals = leads.map { (lead: $0, deal: DealID.new()) }
            var random = Seeded(seed)
            for _ in 0..<40 {
                let (lead, deal) = deals[Int.random(in: 0..<deals.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: try await office.win(deal, of: lead, by: agent)
                case 1: try await office.lose(deal, of: lead, by: agent)
                default: try await office.reopen(deal, of: lead, by: agent)
                }
                let (kept, anew) = try await office.spine.read { tx in
                    (try await ScoreStore(tx).model(), try await ScoreStore(tx).recount())
                }
                #expect(kept == anew)
            }
            #expect(try await office.count("SELECT won + lost AS count FROM score_counts WHERE factor = ''") > 0)
        }
    }

    @Test("the same end told twice counts once; a deal that ends differently after all counts as that")
    func once() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let deal = DealID.new()
            let id = UUID.v7()
            try await office.win(deal, of: lead, by: agent, id: id)
            try await office.win(deal, of: lead, by: agent, id: id)
            try await office.win(deal, of: lead, by: agent)
            #expect(try await office.scoreTotal() == .init(won: 1, lost: 0))
            try await office.lose(deal, of: lead, by: agent)
            #expect(try await office.scoreTotal() == .init(won: 0, lost: 1))
            try await office.reopen(deal, of: lead, by: agent)
            #expect(try await office.scoreTotal() == .init(won: 0, lost: 0))
        }
    }
}

/// The same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

extension Office {
    func win(_ deal: DealID, of lead: Lead, by agent: StaffID, price: Int64 = 1, id: UUID = .v7()) async throws {
        let won = DealWon(
            dealID: deal,
            uid: lead.uid,
            leadID: lead.id,
            ownerID: agent,
            contractID: .new(),
            price: Money(minor: price)
        )
        try await hear(won, about: deal, uid: lead.uid, id: id)
    }

    func lose(_ deal: DealID, of lead: Lead, by agent: StaffID) async throws {
        let lost = DealLost(dealID: deal, uid: lead.uid, leadID: lead.id, ownerID: agent, reason: "price")
        try await hear(lost, about: deal, uid: lead.uid)
    }

    func reopen(_ deal: DealID, of lead: Lead, by agent: StaffID) async throws {
        let moved = DealStageChanged(
            dealID: deal,
            uid: lead.uid,
            from: "first-talk",
            to: "need-confirmed",
            probability: 25,
            ownerID: agent
        )
        try await hear(moved, about: deal, uid: lead.uid)
    }

    func scoreTotal() async throws -> ScoreModel.Count {
        try await spine.read { try await ScoreStore($0).model().total }
    }
}
