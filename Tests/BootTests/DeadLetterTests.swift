import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Boot

@Suite("Dead letters in the console")
struct DeadLetterTests {
    private let path = "/sales/operations"

    @Test("a corrected message is handled once under an id of its own, with the old one as its cause")
    func corrected() async throws {
        try await Console.open { console in
            let old = UUID.v7().wire
            let letter = try await console.bury(Console.event("mended", id: old, type: "leads.lead.discarded.v99"))
            let body = Console.event("mended", id: old)
            for _ in 1...2 {
                _ = try await console.client.post(
                    "\(path)/\(letter.id.wire)/replay",
                    form: ["body": body],
                    as: Console.admin
                )
            }
            let parked = try await console.spine.parked()
            #expect(parked.count == 1)
            let envelope = try MessageParts(try #require(parked.first)).envelope()
            #expect(envelope.id != old)
            #expect(envelope.causationid == old)
            try await console.drain()
            #expect(try await console.effects() == ["mended"])
            let story = try await console.letters.history(of: letter.id)
            #expect(story.map(\.replayedAs) == [envelope.id])
        }
    }

    @Test("whoever clicks twice is told that it is done, and it is done once")
    func twice() async throws {
        try await Console.open { console in
            let letter = try await console.bury(Console.event("later", type: "leads.lead.discarded.v99"))
            let body = Console.event("later")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...2 {
                    group.addTask {
                        try await console.client.post(
                            "\(path)/\(letter.id.wire)/replay",
                            form: ["body": body],
                            as: Console.admin
                        ).status
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(statuses == [303, 409])
            try await console.drain()
            #expect(try await console.effects() == ["later"])
        }
    }

    @Test(
        "a correction that could not be handled either is refused with the field, and nothing has happened",
        arguments: [
            ("{", "JSON"), (Console.event("x", type: "leads.lead.discarded.v99"), "type"),
            (Console.event("x", data: #"{"reason":1}"#), "data/leadID"),
        ]
    )
    func invalid(_ body: String, _ named: String) async throws {
        try await Console.open { console in
            let letter = try await console.bury("{}")
            let answer = try await console.client.post(
                "\(path)/\(letter.id.wire)/replay",
                form: ["body": body],
                as: Console.admin
            )
            #expect(answer.status == 422)
            #expect(answer.text.contains(named))
            #expect(answer.text.contains("aria-invalid"))
            let api = try await console.client.post(
                "/sales/api/v1/dead-letters/\(letter.id.wire)/replay",
                json: #"{"body": \#(try quoted(body))}"#,
                as: Console.admin
            )
            #expect(api.status == 422)
            #expect(try await console.spine.parked().isEmpty)
            #expect(try await console.waiting() == 1)
        }
    }

    @Test("a body that is no JSON at all does not pass for none: the letter stays as it is")
    func unreadableRequest() async throws {
        try await Console.open { console in
            let letter = try await console.bury("{}")
            let answer = try await console.client.post(
                "/sales/api/v1/dead-letters/\(letter.id.wire)/replay",
                json: "{\"body\":",
                as: Console.admin
            )
            #expect(answer.status == 422)
            #expect(try await console.waiting() == 1)
        }
    }

    @Test("a message that came again meanwhile and was handled is not handled a second time")
    func handledMeanwhile() async throws {
        try await Console.open { console in
            let id = UUID.v7().wire
            // Filed as unreadable, by an id that is not the message's own.
            let letter = try await console.spine.file(
                Console.event("resent", id: id),
                source: "unreadable",
                messageID: "a-digest"
            )
            try await console.spine.settle(
                bytes: Array(Console.event("resent", id: id).utf8),
                with: Console.subscriptions
            )
            let answer = try await console.client.post("\(path)/\(letter.wire)/replay", form: [:], as: Console.admin)
            #expect(answer.status == 409)
            try await console.drain()
            #expect(try await console.effects() == ["resent"])
            #expect(try await console.waiting() == 1)
        }
    }

    @Test("a whole group is handed over in order; what cannot be goes on waiting and holds up nobody")
    func group() async throws {
        try await Console.open { console in
            for reason in ["one", "two"] {
                try await console.spine.file(Console.event(reason), source: "unreadable", messageID: reason)
            }
            try await console.spine.file("{}", source: "unreadable", messageID: "hopeless")
            let page = try await console.client.get("\(path)/letters?reason=planted", as: Console.admin)
            let until = try #require(page.text.firstMatch(of: /name="until" value="([^"]+)"/)?.output.1)
            try await console.spine.file(Console.event("too late"), source: "unreadable", messageID: "late")
            let form = ["reason": "planted", "name": "", "until": String(until)]
            let answer = try await console.client.post("\(path)/letters/replay", form: form, as: Console.admin)
            #expect(answer.status == 303)
            try await console.drain()
            #expect(try await console.effects() == ["one", "two"])
            #expect(try await console.waiting() == 2)
        }
    }

    @Test("a whole group is given up with a note, and not without one")
    func discardGroup() async throws {
        try await Console.open { console in
            for number in 1...3 {
                try await console.spine.file("{}", source: "unreadable", messageID: "\(number)")
            }
            let body = { (note: String) in #"{"reason": "planted", "note": "\#(note)"}"# }
            let send = { (note: String) in
                try await console.client.post(
                    "/sales/api/v1/dead-letter-groups/discard",
                    json: body(note),
                    as: Console.admin
                )
            }
            #expect(try await send("").status == 422)
            #expect(try await console.waiting() == 3)
            #expect(try await send("a test of ours").json(DeadLetterRoutes.Outcome.self).settled == 3)
            let given = try await console.letters.list(DeadLetterSelection(status: "discarded"))
            #expect(given.map(\.note) == Array(repeating: "a test of ours", count: 3))
        }
    }

    @Test("bodies are for administrators only")
    func scope() async throws {
        try await Console.open { console in
            let letter = try await console.bury("{}")
            let paths = [
                path, "\(path)/letters", "\(path)/\(letter.id.wire)", "/sales/fragments/operations",
                "/sales/api/v1/dead-letters/\(letter.id.wire)", "/sales/api/v1/dead-letter-groups",
            ]
            for path in paths {
                #expect(try await console.client.get(path, as: Console.manager).status == 403, "\(path)")
                #expect(try await console.client.get(path, as: Console.admin).status == 200, "\(path)")
            }
        }
    }

    private func quoted(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
}
