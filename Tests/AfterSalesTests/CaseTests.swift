import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import AfterSales

@Suite("Cases and their clock")
struct CaseTests {
    @Test("a complaint gets a number, an owner and two hours, and everybody hears of it")
    func opens() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            #expect(opened.number.hasSuffix("-000001"))
            let owner = try #require(opened.ownerID)
            #expect(desk.clerks.contains(owner))
            #expect(opened.responseDueAt == opened.openedAt.addingTimeInterval(7_200))
            #expect(opened.deadlineWhy.rule == "response.complaint")
            let told = try #require(try await desk.spine.events(of: CaseOpened.self).first)
            #expect(told.number == opened.number)
            #expect(told.customerName == "张三")
            #expect(told.responseDueAt == opened.responseDueAt)
            #expect(try await desk.promises(Ladder.timer) == 1)
        }
    }

    @Test("cases go round fairly among who is on shift")
    func fair() async throws {
        try await Desk.open(clerks: 3) { desk in
            try await desk.hires(desk.clerks[2], "off", "service", isOnShift: false, sequence: 2)
            var owners: [StaffID?] = []
            for _ in 0..<6 { owners.append(try await desk.takes().ownerID) }
            for clerk in desk.clerks.prefix(2) { #expect(owners.filter { $0 == clerk }.count == 3) }
            #expect(!owners.contains(desk.clerks[2]))
        }
    }

    @Test("a case for nobody whom we know is refused")
    func unknownCustomer() async throws {
        try await Desk.open { desk in
            let stranger = NewCase(uid: .new(), kind: "enquiry", title: "a", text: "b")
            let rejection = await #expect(throws: Rejection.self) {
                try await desk.app.openCase(CaseRequest(stranger), .staff(desk.supervisor))
            }
            #expect(rejection?.code == "customer-unknown")
            // The number that it would have had is the next one's.
            let next = try await desk.takes()
            #expect(next.number.hasSuffix("-000001"))
        }
    }

    @Test("twenty at once get twenty numbers without a gap")
    func numbersWithoutGap() async throws {
        try await Desk.open { desk in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        if index % 5 == 0 {
                            let bad = NewCase(uid: .new(), kind: "enquiry", title: "a", text: "b")
                            _ = try? await desk.app.openCase(CaseRequest(bad), .staff(desk.supervisor))
                        }
                        try await desk.takes("case \(index)")
                    }
                }
                try await group.waitForAll()
            }
            let numbers = try await desk.spine.events(of: CaseOpened.self)
                .compactMap { Int($0.number.suffix(6)) }
            #expect(numbers.sorted() == Array(1...20))
        }
    }

    @Test("an answer in time stops the clock: nobody is alerted, ever")
    func answered() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            try await desk.answers(opened.id)
            try await desk.waits(until: opened.escalationAt.addingTimeInterval(86_400))
            #expect(try await desk.alerts(for: opened.id).isEmpty)
            try await desk.answers(opened.id)
            let replies = try await desk.spine.events(of: CaseReplied.self)
            #expect(replies.map(\.isFirst) == [true, false])
            #expect(replies.map(\.isWithinTarget) == [true, true])
            #expect(try await desk.promises(Ladder.timer) == 0)
        }
    }

    @Test("after two hours the owner and the supervisor hear, after two more the head, once each")
    func climbs() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            try await desk.waits(until: opened.responseDueAt.addingTimeInterval(-300))
            #expect(try await desk.alerts(for: opened.id).isEmpty)
            try await desk.waits(until: opened.responseDueAt)
            try await desk.waits(until: opened.responseDueAt.addingTimeInterval(60))
            let first = try await desk.alerts(for: opened.id)
            #expect(first.map(\.step) == [1])
            #expect(first.first?.recipients == [opened.ownerID, desk.supervisor].compactMap { $0 })
            try await desk.waits(until: opened.escalationAt)
            try await desk.waits(until: opened.escalationAt.addingTimeInterval(86_400))
            let all = try await desk.alerts(for: opened.id)
            #expect(all.map(\.step) == [1, 2])
            #expect(all.last?.recipients == [desk.head])
            #expect(all.last?.why.rule == "sla.first-response.step-2")
            #expect(try await desk.promises(Ladder.timer) == 0)
        }
    }

    @Test("a clock that stood still for a day catches up: both steps, in order, once")
    func catchesUp() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            try await desk.waits(until: opened.escalationAt.addingTimeInterval(86_400))
            #expect(try await desk.alerts(for: opened.id).map(\.step) == [1, 2])
            // The same timer once more, as after a crash between firing and forgetting it.
            try await desk.ringsAgain(Ladder.timer, [opened.id])
            #expect(try await desk.alerts(for: opened.id).map(\.step) == [1, 2])
        }
    }

    @Test("many cases are alerted together, each once, and a clock of no case harms no neighbour")
    func many() async throws {
        try await Desk.open { desk in
            var cases: [Case] = []
            for index in 0..<30 { cases.append(try await desk.takes("case \(index)")) }
            try await desk.answers(cases[7].id)
            let first = try #require(cases.map(\.responseDueAt).max())
            try await desk.spine.perform(Cause(actor: "test")) { work in
                try await work.timers.set(Ladder.timer, key: CaseID.new(), at: first, cause: work.cause)
            }
            try await desk.waits(until: first)
            try await desk.ringsAgain(Ladder.timer, cases.map(\.id))
            var alerts = try await desk.spine.events(of: SLABreached.self)
            let unanswered = Set(cases.map(\.id)).subtracting([cases[7].id])
            #expect(alerts.count == 29)
            #expect(Set(alerts.map(\.caseID)) == unanswered)
            try await desk.waits(until: first.addingTimeInterval(86_400))
            try await desk.ringsAgain(Ladder.timer, cases.map(\.id))
            alerts = try await desk.spine.events(of: SLABreached.self)
            for id in unanswered { #expect(alerts.filter { $0.caseID == id }.map(\.step) == [1, 2]) }
            #expect(alerts.count == 58)
            #expect(try await desk.promises(Ladder.timer) == 1)
        }
    }

    @Test("two clocks that ring at the same moment alert once")
    func ringsTwice() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            try await desk.spine.advanceClock(bySeconds: 7_300)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let timer = DueTimer(
                            Ladder.timer,
                            key: opened.id,
                            dueAt: opened.responseDueAt,
                            cause: Cause(actor: "timer:\(Ladder.timer)")
                        )
                        try await desk.spine.perform(timer.cause) { work in
                            try await desk.app.alertUnanswered([timer], work)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await desk.alerts(for: opened.id).map(\.step) == [1])
        }
    }

    @Test("an answer and the bell at the same moment: either the alert came first, or there is none")
    func race() async throws {
        try await Desk.open { desk in
            var cases: [Case] = []
            for index in 0..<8 { cases.append(try await desk.takes("case \(index)")) }
            try await desk.spine.advanceClock(bySeconds: 7_201)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for opened in cases { group.addTask { try await desk.answers(opened.id) } }
                group.addTask { try await desk.waits(until: desk.spine.clock.now) }
                try await group.waitForAll()
            }
            try await desk.waits(until: desk.spine.clock.now.addingTimeInterval(86_400))
            for opened in cases {
                let story = try await desk.spine.events().filter { $0.envelope.subject == opened.id.description }
                    .map(\.envelope.type.text)
                let reply = try #require(story.firstIndex(of: "service.case.replied.v1"))
                let after = story[reply...].dropFirst()
                #expect(!after.contains("service.sla.breached.v1"))
                #expect(story.filter { $0 == "service.sla.breached.v1" }.count <= 1)
            }
        }
    }

    @Test("a case that was closed rings no bell and takes no answer")
    func closes() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            let done = try await desk.app.closeCase(
                opened.id,
                result: "已更换密封圈",
                by: desk.clerks[0],
                .staff(desk.clerks[0])
            )
            #expect(done.state == "closed")
            try await desk.waits(until: opened.escalationAt)
            #expect(try await desk.alerts(for: opened.id).isEmpty)
            let rejection = await #expect(throws: Rejection.self) { try await desk.answers(opened.id) }
            #expect(rejection?.code == "case-closed")
            #expect(try await desk.spine.events(of: CaseClosed.self).map(\.result) == ["已更换密封圈"])
        }
    }

    @Test("a supervisor gives a case to somebody else, and the alert goes to them")
    func given() async throws {
        try await Desk.open { desk in
            let opened = try await desk.takes()
            let other = try #require(desk.clerks.first { $0 != opened.ownerID })
            let given = try await desk.app.giveCase(
                opened.id,
                to: other,
                by: desk.supervisor,
                .staff(desk.supervisor)
            )
            #expect(given.ownerID == other)
            #expect(given.ownerWhy.rule == "owner.given-by-supervisor")
            try await desk.waits(until: opened.responseDueAt)
            #expect(try await desk.alerts(for: opened.id).first?.recipients.first == other)
            await #expect(throws: Rejection.self) {
                try await desk.app.giveCase(opened.id, to: .new(), by: desk.supervisor, .staff(desk.supervisor))
            }
        }
    }

    @Test("where nobody supervises, the alert goes up until it meets somebody")
    func nobodySupervises() async throws {
        try await Desk.open(clerks: 0) { desk in
            try await desk.hires(desk.supervisor, "gone", "agent", sequence: 2)
            let opened = try await desk.takes()
            #expect(opened.ownerID == nil)
            try await desk.waits(until: opened.responseDueAt)
            #expect(try await desk.alerts(for: opened.id).first?.recipients == [desk.head])
        }
    }
}
