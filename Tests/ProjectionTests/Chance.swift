import Contracts
import Foundation
import Messaging
import TestSupport

extension Town {
    /// People enquire, are spoken with, buy, complain, are joined and parted: so many steps, the same for the same seed.
    func lives(_ steps: Int, _ dice: inout Dice) async throws {
        try await leads.learnFromFew()
        for step in 0..<steps {
            try await happens(step, &dice)
            try await deliver()
            if dice.below(5) == 0 { try await settle() }
        }
        try await settle()
    }

    private func happens(_ step: Int, _ dice: inout Dice) async throws {
        let known = try await sales.customers()
        switch dice.below(20) {
        case 0..<7: try await enquires(step, &dice)
        case 7..<9: try await joins(&dice)
        case 9: try await leads.unmerge()
        case 10: try await leads.discard(["spam", "no-need"][dice.below(2)])
        case 11: try await sales.changeShift(&dice)
        case 12: try await sales.loseDeal()
        case 13, 14: try await sales.winDeal()
        case 15: try await service.handOver()
        case 16: if let uid = dice.one(of: known) { try await service.complain(uid) }
        case 17: if let uid = dice.one(of: known) { try await sales.openDeal(with: uid) }
        default:
            let kind = ["call", "visit", "wechat"][dice.below(3)]
            if let uid = dice.one(of: known) { try await sales.speak(with: uid, kind, isReached: dice.below(3) > 0) }
        }
    }

    private func enquires(_ step: Int, _ dice: inout Dice) async throws {
        let channel = ["web", "showroom"][dice.below(2)]
        let campaign = [#""campaign": "autumn","#, ""][dice.below(2)]
        let name = ["张三", "李四", "Anna"][dice.below(3)]
        let email = dice.below(3) == 0 ? #", "emails": ["p\#(dice.below(4))@example.com"]"# : ""
        let purpose = ["buy", "rent"][dice.below(2)]
        let consent = [#", "consent": {"sms": true}"#, #", "consent": {"sms": false, "email": true}"#, ""][
            dice.below(3)
        ]
        let message = ["孩子上学, 想看学区房", "地铁近吗", "just looking"][dice.below(3)]
        try await leads.enquire(
            """
            {"channel": "\(channel)", \(campaign) "externalId": "\(step)", "message": "\(message)",
             "person": {"name": "\(name)", "phones": ["1380000\(1_000 + dice.below(8))"]\(email)},
             "need": {"purpose": "\(purpose)", "projects": ["river-park"]}\(consent)}
            """,
            channel: channel
        )
    }

    private func joins(_ dice: inout Dice) async throws {
        let persons = try await leads.persons()
        guard let one = dice.one(of: persons), let other = dice.one(of: persons), one != other else { return }
        try await leads.merge(other, into: one)
    }
}
