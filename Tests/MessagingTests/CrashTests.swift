import AMQP
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

extension OverTheBroker {
    /// Every row of the crash matrices at which a process can be killed; `LINTEL_FAILPOINT` names the place.
    @Suite("A service that is killed", .timeLimit(.minutes(20)))
    struct CrashTests {
        @Test(
            "somewhere between a request and the acknowledgement of its event does everything once and in order",
            arguments: [
                "request.before-commit", "request.after-commit", "relay.before-publish", "relay.after-publish",
                "relay.before-delete", "inbox.before-commit", "inbox.after-commit", "inbox.before-ack",
            ]
        )
        func message(failpoint: String) async throws {
            try await killing(at: failpoint, ["say 1 first", "say 2 second", "say 3 third"]) { spine in
                let effects = try await spine.effects(atLeast: 3)
                #expect(effects == ["first", "second", "third"])
            }
        }

        @Test(
            "while it parks a message that failed keeps it parked once",
            arguments: ["park.before-commit", "park.after-commit"]
        )
        func parking(failpoint: String) async throws {
            try await killing(at: failpoint, ["say 1 later", "say 2 behind"]) { spine in
                try await eventually("both wait") { try await spine.backlog().retries == 2 }
                try await spine.letPass("later")
                #expect(try await spine.effects(atLeast: 2) == ["later", "behind"])
            }
        }

        @Test(
            "while it tries a parked message again lets it take effect once",
            arguments: ["retry.before-commit", "retry.after-commit"]
        )
        func retrying(failpoint: String) async throws {
            try await withToy { spine in
                let toy = try await ToyProcess(spine, killedAt: failpoint)
                defer { toy.kill() }
                toy.tell(["say 1 later"])
                try await eventually("it is parked") { try await spine.backlog().retries == 1 }
                try await spine.letPass("later")
                try await toy.wasKilled()
                try await finishing(spine) {
                    let effects = try await spine.effects(atLeast: 1)
                    #expect(effects == ["later"])
                }
            }
        }

        @Test(
            "when it has filed what nobody can read, or what the broker gave up, has filed it once",
            arguments: [("bury.after-commit", "events"), ("dead-queue.before-ack", "dead")]
        )
        func filing(failpoint: String, queue: String) async throws {
            try await withToy { spine in
                let toy = try await ToyProcess(spine, killedAt: failpoint)
                defer { toy.kill() }
                try await send("{}", to: "\(spine.service).\(queue)")
                try await toy.wasKilled()
                try await finishing(spine) {
                    let broker = try BrokerControl.shared()
                    try await eventually("the broker has nothing left of it") {
                        let state = try await broker.queue("\(spine.service).\(queue)")
                        return state.ready == 0 && state.unacknowledged == 0
                    }
                    #expect(try await DeadLetters(spine).list().count == 1)
                }
            }
        }

        @Test("while a timer fires lets it ring once", arguments: ["timer.before-commit", "timer.after-commit"])
        func timer(failpoint: String) async throws {
            try await withToy { spine in
                let toy = try await ToyProcess(spine, killedAt: failpoint)
                defer { toy.kill() }
                toy.tell(["timer ring"])
                try await toy.wasKilled()
                try await finishing(spine) {
                    let effects = try await spine.effects(atLeast: 1)
                    #expect(effects == ["ring"])
                }
            }
        }

        /// Kills the toy while it obeys, starts it again, gives the same orders once more and lets it finish.
        private func killing(
            at failpoint: String,
            _ orders: [String],
            _ body: (Spine) async throws -> Void
        ) async throws {
            try await withToy { spine in
                let toy = try await ToyProcess(spine, killedAt: failpoint)
                defer { toy.kill() }
                toy.tell(orders)
                try await toy.wasKilled()
                try await finishing(spine, orders) { try await body(spine) }
                #expect(try await spine.events().count == orders.count)
            }
        }

        /// Runs the toy without a failpoint until nothing waits any more; then nothing may have happened twice.
        private func finishing(
            _ spine: Spine,
            _ orders: [String] = [],
            _ body: () async throws -> Void
        ) async throws {
            let toy = try await ToyProcess(spine)
            defer { toy.kill() }
            toy.tell(orders)
            try await body()
            try await eventually("nothing waits any more") {
                let backlog = try await spine.backlog()
                return backlog.outbox == 0 && backlog.retries == 0 && backlog.timers == 0
            }
            try await toy.stop()
            let effects = try await spine.effects()
            #expect(Set(effects).count == effects.count)
        }

        /// Puts bytes into a queue, once it is there.
        private func send(_ text: String, to queue: String) async throws {
            let publisher = Publisher(try BrokerControl.shared().endpoint, logger: testLogger("sender"))
            let message = Message(exchange: "", routingKey: queue, properties: Properties(), body: Array(text.utf8))
            try await serving([publisher]) {
                try await eventually("the queue is there") { await publisher.publish([message]) == [.confirmed] }
            }
        }
    }
}

extension Spine {
    /// Lets the toy's handler take a message from now on.
    fileprivate func letPass(_ reason: String) async throws {
        _ = try await database.transaction { tx in try await tx.execute("INSERT INTO passes VALUES (\(reason))") }
    }
}
