import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
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

    func add(to group: RouterGroup<WebContext>) {
        group.get("dead-letters") { request, context in
            try context.requireRole(.admin)
            let query = request.uri.queryParameters
            let status = query["status"].map(String.init) ?? "waiting"
            let found = try await letters.list(
                status: status == "all" ? nil : status,
                reason: query["reason"].map(String.init)
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
            let edit = try? await request.decode(as: Edit.self, context: context)
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
