import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Web

/// Dead letters over HTTP, for administrators: list, show, replay, discard.
struct DeadLetterRoutes: Sendable {
    let letters: DeadLetters

    struct Answer: Codable, Sendable, ResponseEncodable {
        let id: String
        let inlet: String
        let messageId: String
        let name: String?
        let reason: String
        let detail: String
        let field: String?
        let attempts: Int
        let diedAt: Date
        let status: String
        let note: String?
        /// The message as text; only when one is asked for.
        var body: String?

        init(_ letter: DeadLetter) {
            id = letter.id.wire
            inlet = letter.inlet
            messageId = letter.messageID
            name = letter.name
            reason = letter.reason
            detail = letter.detail
            field = letter.field
            attempts = letter.attempts
            diedAt = letter.diedAt
            status = letter.status
            note = letter.note
        }
    }

    struct List: Codable, Sendable, ResponseEncodable {
        let items: [Answer]
    }

    struct Edit: Decodable {
        let body: String?
    }

    struct Note: Decodable {
        let note: String
    }

    struct Groups: Codable, Sendable, ResponseEncodable {
        struct Group: Codable, Sendable {
            let reason: String
            let name: String?
            let count: Int
            let oldestAt: Date
            let newestAt: Date
        }

        let items: [Group]
    }

    /// Which letters are meant, and with `note` why they are given up.
    struct Many: Decodable {
        let reason: String
        let name: String?
        let note: String?
    }

    struct Outcome: Codable, Sendable, ResponseEncodable {
        let settled: Int
        /// Those that could not be handed over and go on waiting.
        let refused: Int
        let left: Int
    }

    func add(to group: RouterGroup<WebContext>) {
        addOne(to: group)
        addMany(to: group)
    }

    private func addMany(to group: RouterGroup<WebContext>) {
        group.get("dead-letter-groups") { _, context in
            try context.requireRole(.admin)
            let groups = try await letters.groups().map { group in
                Groups.Group(
                    reason: group.reason,
                    name: group.name,
                    count: group.count,
                    oldestAt: group.oldestAt,
                    newestAt: group.newestAt
                )
            }
            return Groups(items: groups)
        }
        group.post("dead-letter-groups/replay") { request, context in
            let who = try context.requireRole(.admin)
            let many = try await request.decode(as: Many.self, context: context)
            let selection = DeadLetterSelection(reason: many.reason, name: many.name)
            let outcome = try await letters.replay(selection, by: "staff:\(who.staffID.wire)")
            return Outcome(settled: outcome.settled, refused: outcome.refused, left: outcome.left)
        }
        group.post("dead-letter-groups/discard") { request, context in
            let who = try context.requireRole(.admin)
            let many = try await request.decode(as: Many.self, context: context)
            let selection = DeadLetterSelection(reason: many.reason, name: many.name)
            let note = many.note ?? ""
            let outcome = try await letters.discard(selection, note: note, by: "staff:\(who.staffID.wire)")
            return Outcome(settled: outcome.settled, refused: outcome.refused, left: outcome.left)
        }
    }

    private func addOne(to group: RouterGroup<WebContext>) {
        group.get("dead-letters") { request, context in
            try context.requireRole(.admin)
            let status = request.query("status") ?? "waiting"
            let found = try await letters.list(
                DeadLetterSelection(
                    status: status == "all" ? nil : status,
                    reason: request.query("reason")
                )
            )
            return List(items: found.map(Answer.init))
        }
        group.get("dead-letters/:id") { _, context in
            try context.requireRole(.admin)
            let letter = try await letters.show(try context.uuid("id"))
            var answer = Answer(letter)
            answer.body = String(decoding: letter.body, as: UTF8.self)
            return answer
        }
        group.post("dead-letters/:id/replay") { request, context in
            let who = try context.requireRole(.admin)
            // A body that cannot be read must not pass for none: the letter would be handed over as it was.
            let sent = try await request.body.collect(upTo: 2 * JSONShape.sizeLimit)
            let edit =
                sent.readableBytes == 0
                ? nil : try decodeStrictly(Edit.self, from: Array(sent.readableBytesView))
            try await letters.replay(
                try context.uuid("id"),
                editedBody: edit?.body.map { Array($0.utf8) },
                by: "staff:\(who.staffID.wire)"
            )
            return Response(status: .noContent)
        }
        group.post("dead-letters/:id/discard") { request, context in
            let who = try context.requireRole(.admin)
            let note = try await request.decode(as: Note.self, context: context)
            try await letters.discard(try context.uuid("id"), note: note.note, by: "staff:\(who.staffID.wire)")
            return Response(status: .noContent)
        }
    }
}
