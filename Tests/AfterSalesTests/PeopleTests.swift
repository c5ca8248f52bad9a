import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import AfterSales

@Suite("Staff and customers, as others tell of them")
struct PeopleTests {
    @Test("what is older than what is known changes nothing, and the same twice changes nothing")
    func newest() async throws {
        try await Desk.open { desk in
            let uid = UID.new()
            try await desk.learnsOf(uid, name: "王五", sequence: 4)
            try await desk.learnsOf(uid, name: "王小五", sequence: 3)
            let id = UUID.v7()
            for _ in 0..<2 {
                try await desk.spine.deliver(
                    ConsentChanged(uid: uid, consent: Consent(sms: false), source: "stop-reply"),
                    about: uid,
                    uid: uid,
                    id: id,
                    sequence: 5,
                    to: desk.app.subscriptions
                )
            }
            let known = try await desk.spine.read { tx in try await CustomerStore(tx).customer(uid) }
            #expect(known?.name == "王五")
            #expect(known?.consent.sms == false)
        }
    }

    @Test("staff who left shift get no cases, and an older word does not bring them back")
    func staff() async throws {
        try await Desk.open(clerks: 1) { desk in
            try await desk.hires(desk.clerks[0], "clerk", "service", isOnShift: false, sequence: 7)
            try await desk.hires(desk.clerks[0], "clerk", "service", isOnShift: true, sequence: 6)
            #expect(try await desk.takes().ownerID == desk.supervisor)
        }
    }

    @Test("an agent sees the customers they answer for, also after a lead changed hands")
    func agents() async throws {
        try await Desk.open { desk in
            let (first, second) = (StaffID.new(), StaffID.new())
            for (owner, sequence) in [(first, Int64(1)), (second, 2)] {
                let assigned = LeadAssigned(
                    leadID: .new(),
                    uid: desk.customer,
                    ownerID: owner,
                    grade: "A",
                    channel: "web",
                    why: Why(rule: "r", version: 1)
                )
                try await desk.spine.deliver(
                    assigned,
                    about: assigned.leadID,
                    uid: desk.customer,
                    sequence: sequence,
                    to: desk.app.subscriptions
                )
            }
            let known = try await desk.spine.read { tx in try await CustomerStore(tx).customer(desk.customer) }
            #expect(known?.agentID == second)
            #expect(known?.name == "张三")
        }
    }

    @Test("a big purchase makes a high tier, whichever message tells of it first")
    func tier() async throws {
        try await Desk.open { desk in
            let contract = desk.contract(price: 1_200_000_000)
            let won = DealWon(
                dealID: contract.dealID,
                uid: desk.customer,
                ownerID: contract.staffID,
                contractID: contract.contractID,
                price: contract.price
            )
            try await desk.spine.deliver(won, about: won.dealID, uid: desk.customer, to: desk.app.subscriptions)
            try await desk.spine.deliver(
                contract,
                about: contract.contractID,
                uid: desk.customer,
                to: desk.app.subscriptions
            )
            let tier = try await desk.spine.read { tx in try await CustomerStore(tx).tier(of: desk.customer) }
            #expect(tier == .high)
            #expect(try await desk.takes().deadlineWhy.inputs["tier"] == "high")
        }
    }

    @Test(
        "people are found by the beginning of their name or the end of their number",
        arguments: [("张", 1), ("三", 0), ("5678", 1), ("13812345678", 1), ("%", 0), ("678", 0)]
    )
    func found(_ search: String, _ count: Int) async throws {
        try await Desk.open { desk in
            let found = try await desk.spine.read { tx in try await CustomerStore(tx).matching(search) }
            #expect(found.count == count)
        }
    }
}
