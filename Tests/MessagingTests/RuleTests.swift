import AMQP
import Contracts
import Failures
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Messaging

@Suite("The spine's rules")
struct RuleTests {
    @Test("a failed message is retried, buried, or waits for the outage to end, by the kind of its error")
    func settlement() {
        let refused = Rejection(.conflict, "unit-held", "It is held.")
        #expect(Settlement.of(refused, attempt: 1) == .dead(reason: "unit-held", detail: "It is held.", field: nil))
        #expect(Settlement.of(Failure(step: "hold", cause: refused), attempt: 1) != .waitForRecovery)
        #expect(Settlement.of(PostgresError(sqlState: "57P01", message: "gone"), attempt: 9) == .waitForRecovery)
        #expect(Settlement.of(PostgresError(message: "cut", isUnknownCommit: true), attempt: 1) == .waitForRecovery)
        guard case .dead(let reason, _, _) = Settlement.of(PostgresError(sqlState: "22P05", message: "NUL"), attempt: 1)
        else {
            Issue.record("a value that the database cannot store is retried")
            return
        }
        #expect(reason == "database-refused")
        guard case .retry(let first) = Settlement.of(Rejection.notFound("lead", "x"), attempt: 1) else {
            Issue.record("what may still arrive is not waited for")
            return
        }
        #expect(first <= .seconds(1.2))
        guard case .dead = Settlement.of(Toy.Poison(), attempt: 8) else {
            Issue.record("retries never end")
            return
        }
    }

    @Test(
        "an envelope that the relay writes by hand reads as what it was made from",
        arguments: ["plain", "quo\"te\\\n\u{1}", "张三 🏠"]
    )
    func envelopes(subject: String) throws {
        var sent = envelope(subject)
        sent.time = sent.time.toMilliseconds
        sent.uid = .new()
        sent.sequence = 7
        sent.actor = "staff:\"x\""
        let body = JournalEntry(envelope: sent, data: #"{"a":[1,2]}"#).body
        let read = try MessageParts(body).envelope()
        #expect(read == sent)
    }

    @Test("the same Idempotency-Key gives the first answer again, and another body is refused")
    func idempotency() async throws {
        try await withSpine("sales") { spine in
            try await spine.makeEffects()
            let ask: @Sendable (String, String) async throws -> StoredAnswer = { key, digest in
                try await spine.once(Cause(actor: "test"), scope: "s", key: key, digest: digest) { work in
                    try await work.tx.execute("INSERT INTO effects (subject, reason) VALUES ('x', \(digest))")
                    return StoredAnswer(status: 201, json: Array(digest.utf8))
                }
            }
            let answers = try await withThrowingTaskGroup(of: StoredAnswer.self) { group in
                for _ in 1...8 { group.addTask { try await ask("key", "first") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [201])
            #expect(try await spine.effects() == ["first"])
            await #expect(throws: Rejection.self) { try await ask("key", "second") }
        }
    }
}
