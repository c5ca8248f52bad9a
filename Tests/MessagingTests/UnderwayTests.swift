import AMQP
import Contracts
import Foundation
import Testing

@testable import Messaging

@Suite("What the relay has under way")
struct UnderwayTests {
    @Test("what was just committed goes out at once, one event of a subject at a time and in order")
    func oneAtATime() {
        var underway = Underway()
        let (now, unclear) = underway.take(fresh: [
            fresh("a", 1), fresh("b", 2), fresh("a", 3, sequence: 2), fresh("a", 4, sequence: 3),
        ])
        #expect(now.map(\.position) == [1, 2])
        #expect(unclear.isEmpty)
        #expect(underway.count == 4)
        let second = underway.settle(now, [.confirmed, .confirmed]).now
        #expect(second.map(\.position) == [3])
        let third = underway.settle(second, [.confirmed]).now
        #expect(third.map(\.position) == [4])
        #expect(underway.settle(third, [.confirmed]).now.isEmpty)
        #expect(underway.report.confirmed == [1, 2, 3, 4])
        #expect(underway.count == 0)
    }

    @Test("what follows an event that was not seen is left to the outbox, and so is what follows that")
    func gap() {
        var underway = Underway()
        let (now, unclear) = underway.take(fresh: [
            fresh("a", 1), fresh("a", 3, sequence: 3), fresh("a", 4, sequence: 4),
        ])
        #expect(now.map(\.position) == [1])
        #expect(unclear.map(\.position) == [3, 4])
        // The outbox has the one in between, and they go out in order.
        #expect(underway.take(due: [due("a", 2, sequence: 2), due("a", 3, sequence: 3)]).isEmpty)
        let second = underway.settle(now, [.confirmed]).now
        #expect(second.map(\.position) == [2])
        #expect(underway.settle(second, [.confirmed]).now.map(\.position) == [3])
        #expect(underway.take(fresh: [fresh("a", 4, sequence: 4)]).unclear.isEmpty)
    }

    @Test("an event is not taken up again before the outbox has been told of it")
    func twice() {
        var underway = Underway()
        let now = underway.take(due: [due("a", 1)])
        #expect(underway.take(due: [due("a", 1)]).isEmpty)
        _ = underway.settle(now, [.confirmed])
        #expect(underway.take(due: [due("a", 1)]).isEmpty)
        let report = underway.beginAsking()
        #expect(report.confirmed == [1])
        #expect(underway.known == [1])
        underway.told(report)
        #expect(underway.known.isEmpty)
        #expect(underway.report.isEmpty)
    }

    @Test(
        "what waits behind an event that did not get through goes back, and only a later question brings it up again",
        arguments: [
            PublishOutcome.refused(reason: "full"), .returned(code: 312, reason: "NO_ROUTE"), .lost(reason: "cut"),
        ]
    )
    func notThrough(outcome: PublishOutcome) {
        var underway = Underway()
        let (now, _) = underway.take(fresh: [fresh("a", 1), fresh("a", 2, sequence: 2), fresh("b", 3)])
        _ = underway.beginAsking()
        let settled = underway.settle(now, [outcome, .confirmed])
        #expect(settled.now.isEmpty)
        #expect(underway.known.contains(2) == false)
        // The answer to a question that was asked before, and what is committed now, may not overtake it.
        #expect(underway.take(due: [due("a", 2, sequence: 2)]).isEmpty)
        #expect(underway.take(fresh: [fresh("a", 4, sequence: 3)]).unclear.map(\.position) == [4])
        // Other subjects go on.
        #expect(underway.take(fresh: [fresh("b", 5, sequence: 2)]).now.map(\.position) == [5])
        let report = underway.beginAsking()
        #expect(report.failures.map(\.event.position) == settled.failures.map(\.event.position))
        underway.told(report)
        #expect(underway.take(due: [due("a", 1), due("a", 2, sequence: 2)]).map(\.position) == [1])
    }

    @Test("a queue that an unroutable event has found is told of")
    func route() {
        var underway = Underway()
        let now = underway.take(due: [due("a", 1, wasUnroutable: true), due("b", 2)])
        _ = underway.settle([now[1]], [.confirmed])
        #expect(underway.report.hasFoundRoute == false)
        _ = underway.settle([now[0]], [.confirmed])
        #expect(underway.report.hasFoundRoute)
    }

    @Test("an older event that is sent once more goes before those that wait")
    func resent() {
        var underway = Underway()
        let (now, _) = underway.take(fresh: [fresh("a", 7), fresh("a", 8, sequence: 2)])
        #expect(underway.take(due: [due("a", 3, sequence: 1)]).isEmpty)
        let second = underway.settle(now, [.confirmed]).now
        #expect(second.map(\.position) == [3])
        #expect(underway.settle(second, [.confirmed]).now.map(\.position) == [8])
    }

    @Test("what is committed waits for the relay only while it leads, and beyond a limit the outbox has it alone")
    func freshEvents() {
        let events = FreshEvents()
        events.add([fresh("a", 1)])
        #expect(events.take().entries.isEmpty)
        events.keep(true)
        events.add([fresh("a", 1), fresh("a", 2)])
        let news = events.take()
        #expect(news.entries.map(\.position) == [1, 2])
        #expect(!news.isMoreInOutbox)
        #expect(events.take().entries.isEmpty)
        events.add((0...5_000).map { fresh("a", Int64($0)) })
        let tooMany = events.take()
        #expect(tooMany.entries.isEmpty)
        #expect(tooMany.isMoreInOutbox)
    }

    /// An event that was just committed, by default the first about its subject.
    private func fresh(_ subject: String, _ position: Int64, sequence: Int64 = 1) -> JournalEntry {
        var envelope = envelope(subject)
        envelope.sequence = sequence
        var entry = JournalEntry(envelope: envelope, data: "{}")
        entry.position = position
        return entry
    }

    private func due(
        _ subject: String,
        _ position: Int64,
        sequence: Int64 = 1,
        wasUnroutable: Bool = false
    ) -> OutboxEvent {
        OutboxEvent(fresh(subject, position, sequence: sequence), at: position, wasUnroutable: wasUnroutable)
    }
}
