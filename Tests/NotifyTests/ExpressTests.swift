import Contracts
import Failures
import Foundation
import Messaging
import Outbound
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Notify

@Suite("texts to staff that need not be claimed")
struct ExpressTests {
    @Test("a text is stored with its attempt begun and handed over once, though its cause comes twice")
    func handedOver() async throws {
        try await Stage.open { stage in
            let express = stage.app.wakeUp.express
            express.open()
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, id: id) }
            let ready = express.take()
            let text = try #require(try await stage.message("lead-assigned", .sms))
            #expect(ready.map(\.message.id) == [text.id])
            #expect(ready.map(\.address) == ["+8613800000001"])
            #expect(ready.map(\.attempt) == [1])
            #expect(text.state == .sending && text.attempt == 1)
            #expect(try await stage.message("lead-assigned", .email)?.state == .queued)
            let claimed = try await stage.app.claimDue(Express.lane, limit: 10, lease: 30)
            #expect(claimed.ready.isEmpty)
            #expect(!express.isEmpty)
            express.leave()
            #expect(express.isEmpty)
        }
    }

    @Test("while nobody takes them, without a seat, and where it is not clear that they may be sent, texts are queued")
    func queued() async throws {
        try await Stage.open { stage in
            let express = stage.app.wakeUp.express
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            #expect(try await stage.texts() == [.queued])

            express.open()
            try await stage.agentHasPhone(nil, sequence: 2)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            #expect(try await stage.texts() == [.queued, .queued])
            #expect(express.isEmpty)

            try await stage.agentHasPhone("+8613800000001", sequence: 3)
            for sequence in 0..<Express.width + 1 {
                try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: Int64(3 + sequence))
            }
            #expect(express.take().count == Express.width)
            #expect(try await stage.texts().count { $0 == .queued } == 3)
            express.leave(Express.width)
            express.close()
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 40)
            #expect(express.take().isEmpty)
        }
    }

    @Test("what is not committed gives its seat back and is handed to nobody")
    func rolledBack() async throws {
        struct Refused: Error {}
        try await Stage.open { stage in
            let express = stage.app.wakeUp.express
            express.open()
            await #expect(throws: Refused.self) {
                try await stage.spine.perform(Cause(actor: "test")) { work in
                    let seats = express.seats(3)
                    let kept = seats.count
                    work.afterCommit { seats.board([]) }
                    #expect(kept == 3 && !express.isEmpty)
                    throw Refused()
                }
            }
            #expect(express.isEmpty)
            #expect(express.take().isEmpty)
        }
    }

    @Test("a running loop calls the gateway for each once, and stops only when nobody has a seat any more")
    func running() async throws {
        final class Gateway: Carrier {
            let taken = Mutex<[MessageID]>([])

            func carry(_ message: Message, attempt: Int, to address: String) async -> Outcome {
                taken.withLock { $0.append(message.id) }
                return .accepted(Reply(code: 202, text: ""))
            }

            func close() async {}
        }
        try await Stage.open { stage in
            let gateway = Gateway()
            let sending = stage.sending(over: Sending.Lane.Rank.allCases.map { .sms($0, gateway) })
            let express = stage.app.wakeUp.express
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sending.run() }
                for sequence in 1...40 {
                    try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: Int64(sequence))
                }
                try await eventually("all are sent") { try await stage.texts().allSatisfy { $0 == .accepted } }
                // A transaction that is under way when the service stops.
                try await eventually("seats") { express.isEmpty }
                let late = express.seats(1)
                group.cancelAll()
                try await eventually("nobody is let in any more") { express.seats(1).count == 0 }
                let message = try #require(try await stage.message("lead-assigned", .sms))
                late.board([.init(message: message, attempt: 1, address: "+8613800000001")])
                try await group.waitForAll()
            }
            let taken = gateway.taken.withLock { $0 }
            #expect(taken.count == 41)
            #expect(Set(taken).count == 40)
            #expect(express.isEmpty)
        }
    }
}

extension Stage {
    fileprivate func agentHasPhone(_ phone: String?, sequence: Int64) async throws {
        try await hires(agent, "Li Na", role: "agent", phone: phone, language: "en", sequence: sequence)
    }

    /// The states of the texts about leads.
    fileprivate func texts() async throws -> [MessageState] {
        try await messages().filter { $0.template == "lead-assigned" && $0.channel == .sms }.map(\.state)
    }
}
