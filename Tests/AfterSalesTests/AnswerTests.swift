import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import AfterSales

@Suite("What customers write back about their cases")
struct AnswerTests {
    @Test("an answer stands in its case and is told to whoever has it, once; the clock runs on")
    func told() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            let answer = desk.answer(about: opened.id)
            let id = UUID.v7()
            for _ in 0..<2 { try await desk.hears(answer, id: id) }
            let told = try await desk.spine.events(of: CaseAnswered.self)
            let event = try #require(told.first)
            let owner = try #require(opened.ownerID)
            #expect(told.count == 1 && event.caseID == opened.id && event.number == opened.number)
            #expect(event.text == "还在漏水" && event.title == opened.title && !event.isClosed)
            #expect(event.recipients == [owner] && event.customerName == "张三")
            #expect(try await desk.entries(of: opened.id) == ["opened", "answer"])
            let after = try await desk.spine.perform(Cause(actor: "test")) { work in
                try await CaseStore(work.tx).locked(opened.id)
            }
            #expect(after == opened)
        }
    }

    @Test("a closed case takes it too; where nobody has the case whoever leads the desk hears")
    func closed() async throws {
        try await Desk.open(clerks: 1) { desk in
            let opened = try await desk.takes()
            _ = try await desk.app.closeCase(opened.id, result: "已更换密封圈", by: desk.clerks[0], .staff(desk.clerks[0]))
            try await desk.hears(desk.answer(about: opened.id))
            try await desk.leaves(desk.clerks[0])
            try await desk.hears(desk.answer(about: opened.id))
            let told = try await desk.spine.events(of: CaseAnswered.self)
            #expect(told.map(\.recipients) == [[desk.clerks[0]], [desk.supervisor]])
            #expect(told.map(\.isClosed) == [true, true])
        }
    }

    @Test("what is about no case, or about one that there is not, is nothing for Service")
    func others() async throws {
        try await Desk.open { desk in
            try await desk.hears(desk.answer(about: nil))
            try await desk.hears(desk.answer(about: .new()))
            #expect(try await desk.spine.events(of: CaseAnswered.self).isEmpty)
            #expect(try await desk.spine.unsettled() == (0, 0))
        }
    }

    @Test("nothing of it is left after erasure, and what comes later is not kept")
    func erased() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            try await desk.hears(desk.answer(about: opened.id, "我是慕容复"))
            let event = PersonErased(uid: desk.customer, uids: [desk.customer], leadIDs: [], reason: "request")
            try await desk.spine.deliver(event, about: desk.customer, uid: desk.customer, to: desk.app.subscriptions)
            try await desk.hears(desk.answer(about: opened.id, "慕容复又写"))
            #expect(try await desk.spine.places(of: "慕容复") == [])
            #expect(try await desk.entries(of: opened.id) == ["opened", "answer"])
        }
    }
}

extension Desk {
    fileprivate func answer(about id: CaseID?, _ words: String = "还在漏水") -> MessageAnswered {
        var answer = MessageAnswered.example
        (answer.answerID, answer.uid, answer.caseID, answer.text) = (.new(), customer, id, words)
        answer.receivedAt = spine.clock.now
        return answer
    }

    fileprivate func hears(_ answer: MessageAnswered, id: UUID = .v7()) async throws {
        try await spine.deliver(answer, about: answer.answerID, uid: customer, id: id, to: app.subscriptions)
    }

    fileprivate func entries(of id: CaseID) async throws -> [String] {
        try await spine.read { try await CaseStore($0).entries(of: id).map(\.kind.rawValue) }
    }

    /// Somebody does not work here any more.
    fileprivate func leaves(_ id: StaffID) async throws {
        var member = StaffChanged.example
        (member.staffID, member.role, member.isActive) = (id, "service", false)
        try await spine.deliver(member, about: id, sequence: 9, to: app.subscriptions)
    }
}
