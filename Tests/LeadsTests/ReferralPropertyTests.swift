import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Referrals, whatever happens")
struct ReferralPropertyTests {
    /// What may happen, at random.
    enum Happening: CaseIterable {
        case won
        case lost
        case reopened
        case merged
        case unmerged
        case paid
    }

    @Test(
        "after any sequence of deals, merges and payments each referral is where its history says, and where what is known says",
        arguments: UInt64(1)...6
    )
    func balanced(_ seed: UInt64) async throws {
        try await Office.open { office in
            var random = Seeded(seed)
            try await office.staff()
            let friends = [try await office.friend("13900000001"), try await office.friend("13900000002")]
            var leads: [Lead] = []
            for index in 0..<3 {
                let code = friends[index % 2].code
                leads.append(try await office.recommended(code, "\(index)", phone: "1380000000\(index)"))
            }
            let people = friends.map(\.uid) + leads.map(\.uid)
            var merges: [MergeID] = []
            for step in 1...25 {
                let lead = leads[Int.random(in: 0..<leads.count, using: &random)]
                let sequence = Int64(step + 1)
                switch Happening.allCases.randomElement(using: &random) ?? .won {
                case .won: try await office.wins(lead, office.deal(of: lead), sequence: sequence)
                case .lost: try await office.loses(lead, office.deal(of: lead), sequence: sequence)
                case .reopened: try await office.reopens(lead, office.deal(of: lead), sequence: sequence)
                case .merged:
                    let pair = people.shuffled(using: &random).prefix(2)
                    // Those who are one already cannot be joined.
                    if let merge = try? await office.merge(pair[0], into: pair[1]) { merges.append(merge.id) }
                case .unmerged:
                    guard let last = merges.popLast() else { continue }
                    try await office.unmerge(last)
                case .paid: try? await office.pay(lead)
                }
            }
            for merge in merges.reversed() { try await office.unmerge(merge) }
            try await office.check(leads)
        }
    }
}

extension Office {
    /// Each referral's moves and events lead to where it is, its reward is counted once, and reckoning again changes nothing.
    fileprivate func check(_ leads: [Lead]) async throws {
        let events = try await spine.events(of: ReferralChanged.self)
        var owed = 0
        for lead in leads {
            let referral = try #require(try await referral(of: lead))
            let told = events.filter { $0.referralID == referral.id }
            #expect(told.last?.state == referral.state.rawValue)
            #expect(zip(told.dropFirst(), told).allSatisfy { $0.previousState == $1.state })
            // What is owed or was paid goes up with a deal and down when it is undone, never twice the same way.
            let balance = told.reduce(0) { sum, move in
                let before = ["earned", "paid"].contains(move.previousState ?? "")
                let after = ["earned", "paid"].contains(move.state)
                return sum + (after ? 1 : 0) - (before ? 1 : 0)
            }
            #expect(balance == (referral.state.isWon ? 1 : 0))
            owed += balance
            let deals = try await spine.read { try await DealStore($0).of([lead.uid]) }
            #expect(referral.state.isWon == deals.contains { $0.outcome == .won })
        }
        let share = try await spine.read { try await ReferralQueryStore($0).share() }
        #expect(share.referred == owed)
        #expect(share.won == owed)
        try await spine.perform(Cause(actor: "test")) { work in
            try await app.settleReferrals(ofAnyOf: leads.map(\.uid), work)
        }
        #expect(try await spine.events(of: ReferralChanged.self).count == events.count)
    }
}
