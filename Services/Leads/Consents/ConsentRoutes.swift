import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Something that a person allows or refuses, as programs see it.
struct ConsentAnswer: Encodable, Sendable {
    let allows: Bool
    /// `marketing.sms`; a means by itself is every purpose.
    let scope: [String]
    let source: String
    let by: String
    let at: Date
    let saidAt: Date?
    let heardBy: String?
    let reason: String?
    let words: String?

    init(_ telling: Telling, _ said: Consents.Ground) {
        allows = said.allows
        scope = said.scope.names
        source = telling.source.rawValue
        by = telling.actor
        at = telling.toldAt
        saidAt = telling.saidAt
        heardBy = telling.heardBy
        reason = telling.reason
        words = telling.words
    }
}

extension Side {
    /// What holds, with what it goes by.
    var heldConsents: [ConsentAnswer] {
        person.consents.grounds.compactMap { ground in
            tellings.first { $0.id == ground.id }.map { ConsentAnswer($0, ground) }
        }
    }

    /// All that was ever said, the oldest first.
    var saidConsents: [ConsentAnswer] {
        tellings.sorted { ($0.toldAt, $0.id.wire) < ($1.toldAt, $1.id.wire) }
            .flatMap { telling in telling.sayings.map { ConsentAnswer(telling, $0) } }
    }
}

/// The API in which what a person allows or takes back is noted.
struct ConsentRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("api/v1/persons/:uid/consents") { request, context in try await record(request, context) }
    }

    private struct Heard: Codable {
        let allows: Bool
        let purposes: [String]
        let means: [String]
        let heardBy: String
        let reason: String
        let saidAt: Date?
        let words: String?
    }

    private func record(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let uid = UID(try context.uuid("uid"))
        let viewer = pages.viewer(context)
        let body = try await request.decode(as: Heard.self, context: context)
        let heard = try HeardConsent(
            allows: body.allows,
            purposes: body.purposes,
            means: body.means,
            heardBy: body.heardBy,
            reason: body.reason,
            saidAt: body.saidAt,
            words: body.words
        )
        return try await deed.once(app.spine, body) { work in
            try await app.recordConsent(uid, heard, deed.who.leadSight, work)
            return PersonAnswer(try await PersonReadStore(work.tx).find(uid, deed.who.leadSight), for: deed.who, viewer)
        }
    }
}
