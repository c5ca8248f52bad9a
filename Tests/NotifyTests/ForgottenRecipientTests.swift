import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Notify

@Suite("Recipients who are forgotten")
struct ForgottenRecipientTests {
    @Test("nothing says who they were, told twice; messages keep their rows, and what waited is not sent")
    func nothingLeft() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            let count = try await stage.messages().count
            #expect(try await stage.spine.places(of: "张三").isEmpty == false)
            let event = PersonErased(uid: stage.uid, uids: [stage.uid], leadIDs: [stage.lead], reason: "request")
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(event, about: stage.uid, uid: stage.uid, id: id, sequence: 3) }
            for word in ["张三", "13812345678", "zhang.san@example.com"] {
                #expect(try await stage.spine.places(of: word) == [], "\(word)")
            }
            let messages = try await stage.messages()
            #expect(messages.count == count)
            #expect(messages.allSatisfy { $0.state != .queued })
            #expect(try await stage.spine.unsettled() == (0, 0))
        }
    }

    @Test("what is on its way when they are forgotten keeps no word of it, and is not sent again if it is lost")
    func onItsWay() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.signed, about: "contract", uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            let lanes = [Sending.Lane.Rank.work, .answer].map { Sending.Lane.Name(channel: .email, rank: $0) }
            func claimed() async throws -> Int {
                var count = 0
                for lane in lanes { count += try await stage.app.claimDue(lane, limit: 9, lease: 0).ready.count }
                return count
            }
            let count = try await claimed()
            #expect(count >= 2)
            let event = PersonErased(uid: stage.uid, uids: [stage.uid], leadIDs: [stage.lead], reason: "request")
            try await stage.hears(event, about: stage.uid, uid: stage.uid, sequence: 3)
            for word in ["张三", "zhang.san@example.com"] {
                #expect(try await stage.spine.places(of: word) == [], "\(word)")
            }
            #expect(try await RecoverLost(spine: stage.spine, wakeUp: stage.app.wakeUp)() == count)
            #expect(try await claimed() == 0)
            let lost = try #require(try await stage.message("lead-assigned", .email))
            #expect(lost.state == .suppressed && lost.reason == "person-erased")
        }
    }
}
