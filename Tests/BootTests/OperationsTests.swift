import AMQP
import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Boot

@Suite("The operations page")
struct OperationsTests {
    @Test("every page is shown in both languages without a missing word", arguments: ["en", "zh-Hans"])
    func shown(_ language: String) async throws {
        try await Console.open { console in
            let letter = try await console.bury("{}")
            let bytes = try await console.bury([0xFF, 0, 1])
            let paths = [
                "", "/letters", "/letters?reason=missing-field", "/letters?reason=planted", "/letters?status=replayed",
                "/\(letter.id.wire)", "/\(bytes.id.wire)",
            ]
            for path in paths {
                let answer = try await console.client.get(
                    "/sales/operations\(path)",
                    as: Console.admin,
                    headers: [.acceptLanguage: language]
                )
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
        }
    }

    @Test("every tag of its templates has a value")
    func templates() async throws {
        try await Console.open { console in
            let viewer = console.pages.viewer(.english)
            let group = DeadLetterGroup(reason: "planted", name: "x", count: 2, oldestAt: Date(), newestAt: Date())
            let full = part(state(letters: [group], retries: 1), [Console.queue()], viewer)
            let empty = part(state(), [], viewer)
            #expect(console.pages.verify("operations-part", with: full, empty) == [])
            #expect(
                console.pages.verify(
                    "operations",
                    with: OperationsPage(own: full, viewer),
                    OperationsPage(own: empty, viewer)
                ) == []
            )
        }
    }

    @Test("nothing needs anybody while everything is sent, heard and handled")
    func allWell() {
        #expect(state().needs(publishing: .running, queues: [Console.queue()]) == [])
    }

    @Test("what needs somebody is named, the gravest first")
    func needs() {
        let group = DeadLetterGroup(reason: "planted", name: nil, count: 3, oldestAt: Date(), newestAt: Date())
        let state = state(outbox: 4, outboxAge: 90, unroutable: 1, lag: 70, letters: [group], retries: 2)
        let needs = state.needs(
            publishing: .blocked(reason: "low on memory"),
            queues: [Console.queue(ready: 5_000, consumers: 0)]
        )
        #expect(
            needs == [
                .blocked(reason: "low on memory"), .unheard(queue: "sales.events"), .outboxLate(events: 4, seconds: 90),
                .unroutable(events: 1), .timersLate(timers: 1, seconds: 70), .dead(group), .retrying(messages: 2),
                .crowded(queue: "sales.events", ready: 5_000),
            ]
        )
    }

    @Test("what no queue takes is said to be that, not to be late: it waits for a binding")
    func unroutable() async throws {
        let unroutable = state(outbox: 4, unroutable: 4)
        #expect(unroutable.needs(publishing: .running, queues: [Console.queue()]) == [.unroutable(events: 4)])
        let both = state(outbox: 9, outboxAge: 3, unroutable: 4)
        try await Console.open { console in
            let viewer = console.pages.viewer(.english)
            #expect(part(unroutable, [], viewer).stats[0].note == "4 without a queue")
            #expect(part(both, [], viewer).stats[0].note == "4 without a queue · oldest waits 3 s")
        }
    }

    @Test("what the service itself has to show stands beside it, and what is wrong with that is a need like others")
    func figures() async throws {
        try await Console.open { console in
            let viewer = console.pages.viewer(.english)
            let grave = OperationsFigure.Need("It waits.", advice: "Mend it.", href: "/sales/x", isGrave: true)
            let figure = OperationsFigure(Stat("Waiting", "3"), needs: [grave])
            func part(_ figures: [OperationsFigure], retries: Int = 0) -> OperationsPart {
                let state = state(retries: retries)
                let needs = state.needs(publishing: .running, queues: [])
                return OperationsPart(service: "sales", state, queues: [], needs: needs, figures: figures, viewer)
            }
            #expect(part([OperationsFigure(Stat("Waiting", "0"))]).verdict.tone == .good)
            let both = part([figure], retries: 1)
            #expect(both.verdict.tone == .bad)
            #expect(both.needs.map(\.tone) == ["bad", "warning"])
            #expect(both.needs.first?.advice == "Mend it.")
            #expect(both.stats.last?.value == "3")
            #expect(console.pages.verify("operations-part", with: both) == [])
        }
    }

    @Test("a broker that is away is one thing to see to, not one for each queue")
    func brokerAway() {
        let away = ConnectionState.topologyDrift("406")
        let queues = ["sales.events", "sales.dead"].map { QueueState(queue: $0, connection: away, look: nil) }
        #expect(state().needs(publishing: away, queues: queues) == [.drifted(reason: "406")])
    }

    @Test(
        "JSON is indented without touching digits, order or what stands in strings; other bytes are a table",
        arguments: [
            (
                #"{"b":1.10,"a":[1,2],"c":{},"d":"x: {\"y\"}"}"#,
                "{\n  \"b\": 1.10,\n  \"a\": [\n    1,\n    2\n  ],\n  \"c\": {},\n  \"d\": \"x: {\\\"y\\\"}\"\n}"
            ),
            (#""\u6797\u0022""#, "\"林\\u0022\""), ("no json", "no json"), ("[]", "[]"),
        ]
    )
    func bodies(_ body: String, _ shown: String) {
        #expect(MessageBody(Array(body.utf8)).text == shown)
    }

    @Test("bytes that are no text are shown with their places")
    func bytes() {
        let body = MessageBody([0xFF, 0x41, 0x00])
        #expect(body.form == .bytes)
        #expect(body.text.hasPrefix("000000  ff 41 00"))
        #expect(body.text.hasSuffix(".A."))
    }

    private func part(_ state: SpineState, _ queues: [QueueState], _ viewer: Viewer) -> OperationsPart {
        OperationsPart(
            service: "sales",
            state,
            queues: queues,
            needs: state.needs(publishing: .running, queues: queues),
            viewer
        )
    }

    private func state(
        outbox: Int = 0,
        outboxAge: Double = 0,
        unroutable: Int = 0,
        lag: Double = 0,
        letters: [DeadLetterGroup] = [],
        retries: Int = 0
    ) -> SpineState {
        SpineState(
            backlog: Backlog(
                outbox: outbox,
                // What no queue takes is the oldest.
                outboxOldestSeconds: outboxAge + (unroutable > 0 ? 3_600 : 0),
                outboxWaitingSeconds: outboxAge,
                unroutable: unroutable,
                retries: retries,
                deadLetters: letters.reduce(0) { $0 + $1.count },
                timers: 0,
                timerLagSeconds: lag
            ),
            timers: TimerState(due: lag > 0 ? 1 : 0, failing: 0, nextAt: nil),
            retries: (0..<retries).map { _ in
                RetryState(inlet: "sales.events", name: nil, attempts: 1, nextAt: Date(), error: "why")
            },
            letters: letters
        )
    }
}
