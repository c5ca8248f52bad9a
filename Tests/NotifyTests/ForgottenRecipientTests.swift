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
}
