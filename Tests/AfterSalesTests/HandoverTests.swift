import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import AfterSales

@Suite("Hand-over and the care that follows")
struct HandoverTests {
    @Test("a signed contract opens one hand-over, however often it is told of")
    func opensOnce() async throws {
        try await Desk.open { desk in
            let due = shanghai("2027-06-30T00:00")
            let contract = desk.contract(handoverDueAt: due)
            let message = UUID.v7()
            for id in [message, message, .v7()] {
                try await desk.spine.deliver(
                    contract,
                    about: contract.contractID,
                    uid: desk.customer,
                    id: id,
                    to: desk.app.subscriptions
                )
            }
            let opened = try await desk.spine.events(of: HandoverOpened.self)
            #expect(opened.map(\.contractID) == [contract.contractID])
            #expect(opened.first?.dueAt == due)
            #expect(try await desk.spine.unsettled() == (0, 0))
        }
    }

    @Test("a contract of somebody whom Leads has not told of yet is no trouble")
    func strangerBuys() async throws {
        try await Desk.open { desk in
            var contract = desk.contract()
            contract.uid = .new()
            try await desk.spine.deliver(
                contract,
                about: contract.contractID,
                uid: contract.uid,
                to: desk.app.subscriptions
            )
            let uid = contract.uid
            let met = try await desk.spine.read { tx in try await CustomerStore(tx).customer(uid) }
            #expect(met?.name == contract.customer.name)
            #expect(met?.agentID == contract.staffID)
        }
    }

    @Test("the keys are handed over, and three months later at ten the decoration guide goes out, once")
    func caresOnce() async throws {
        try await Desk.open { desk in
            let id = try await desk.signs()
            let completedAt = desk.spine.clock.now.addingTimeInterval(-3_600)
            let clerk = desk.clerks[0]
            let completion = HandoverCompletion(note: "两把钥匙", completedAt: completedAt)
            let done = try await desk.app.completeHandover(id, completion, by: clerk, .staff(clerk))
            #expect(done.completedAt == completedAt)
            #expect(try await desk.spine.events(of: HandoverCompleted.self).map(\.handoverID) == [id])

            let plan = try await desk.spine.read { tx in try await CareStore(tx).plan(of: id) }
            let step = try #require(plan.first)
            #expect(step.step == "decoration-guide")
            try await desk.waits(until: step.dueAt.addingTimeInterval(-300))
            #expect(try await desk.spine.events(of: CareDue.self).isEmpty)
            try await desk.waits(until: step.dueAt)
            // The same timer once more, as after a crash between firing and forgetting it.
            try await desk.ringsAgain(PlanCare.timer, [step.timerKey])
            let due = try await desk.spine.events(of: CareDue.self)
            #expect(due.map(\.handoverID) == [id])
            #expect(due.first?.why.rule == "care.decoration-guide")
            #expect(due.first?.dueAt == step.dueAt)
        }
    }

    @Test("care for many is given together, each once; a date that was moved meanwhile is waited for")
    func caresForMany() async throws {
        try await Desk.open { desk in
            let clerk = desk.clerks[0]
            var ids: [HandoverID] = []
            for _ in 0..<12 {
                let id = try await desk.signs()
                _ = try await desk.app.completeHandover(id, HandoverCompletion(), by: clerk, .staff(clerk))
                ids.append(id)
            }
            var steps: [CareStep] = []
            for id in ids { steps += try await desk.spine.read { tx in try await CareStore(tx).plan(of: id) } }
            // One timer rings although its step is due a day later.
            let due = try #require(steps.map(\.dueAt).max())
            var later = steps[3]
            later.dueAt = due.addingTimeInterval(86_400)
            let moved = later
            try await desk.spine.perform(Cause(actor: "test")) { work in
                _ = try await CareStore(work.tx).plan(moved)
            }
            try await desk.waits(until: due)
            try await desk.ringsAgain(PlanCare.timer, steps.map(\.timerKey))
            var given = try await desk.spine.events(of: CareDue.self).map(\.handoverID)
            #expect(given.sorted() == ids.filter { $0 != ids[3] }.sorted())
            try await desk.waits(until: due.addingTimeInterval(86_400))
            given = try await desk.spine.events(of: CareDue.self).map(\.handoverID)
            #expect(given.sorted() == ids.sorted())
            #expect(try await desk.promises(PlanCare.timer) == 0)
        }
    }

    @Test("keys are not handed over twice, nor tomorrow")
    func refused() async throws {
        try await Desk.open { desk in
            let id = try await desk.signs()
            let clerk = desk.clerks[0]
            let tomorrow = HandoverCompletion(completedAt: desk.spine.clock.now.addingTimeInterval(86_400))
            let early = await #expect(throws: Rejection.self) {
                try await desk.app.completeHandover(id, tomorrow, by: clerk, .staff(clerk))
            }
            #expect(early?.field == "completedAt")
            _ = try await desk.app.completeHandover(id, HandoverCompletion(), by: clerk, .staff(clerk))
            let again = await #expect(throws: Rejection.self) {
                try await desk.app.completeHandover(id, HandoverCompletion(), by: clerk, .staff(clerk))
            }
            #expect(again?.code == "handover-completed")
            let unknown = await #expect(throws: Rejection.self) {
                try await desk.app.completeHandover(.new(), HandoverCompletion(), by: clerk, .staff(clerk))
            }
            #expect(unknown?.kind == .notFound)
        }
    }

    @Test("a date that is put right moves what was planned, and what was sent is not sent again")
    func corrected() async throws {
        try await Desk.open { desk in
            let id = try await desk.signs()
            let clerk = desk.clerks[0]
            _ = try await desk.app.completeHandover(id, HandoverCompletion(), by: clerk, .staff(clerk))
            let earlier = desk.spine.clock.now.addingTimeInterval(-40 * 86_400)
            _ = try await desk.app.correctHandover(id, to: earlier, .staff(desk.supervisor))
            let plan = try await desk.spine.read { tx in try await CareStore(tx).plan(of: id) }
            let due = try #require(plan.first?.dueAt)
            #expect(due < desk.spine.clock.now.addingTimeInterval(60 * 86_400))
            #expect(try await desk.promises(PlanCare.timer) == 1)
            try await desk.waits(until: due)
            _ = try await desk.app.correctHandover(id, to: earlier.addingTimeInterval(86_400), .staff(desk.supervisor))
            try await desk.waits(until: due.addingTimeInterval(30 * 86_400))
            #expect(try await desk.spine.events(of: CareDue.self).count == 1)
            #expect(try await desk.spine.events(of: HandoverCompleted.self).count == 1)
        }
    }
}
