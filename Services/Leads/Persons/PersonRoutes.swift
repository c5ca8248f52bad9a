import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// A person as programs see them.
struct PersonAnswer: Encodable, Sendable {
    struct Field: Encodable, Sendable {
        let value: String
        let source: String
        let by: String
        let at: Date
        let why: Contracts.Why
        let others: [String]
    }

    struct Known: Encodable, Sendable {
        let kind: String
        /// Masked for whoever is not responsible for the person; of a document only that there is one.
        let value: String
    }

    struct Joined: Encodable, Sendable {
        let id: MergeID
        let mergedUid: UID
        let at: Date
        let by: String
        let undoneAt: Date?
        let why: Contracts.Why
    }

    let uid: UID
    /// Older UIDs that resolve to this one.
    let aliases: [UID]
    let identifiers: [Known]
    let fields: [String: Field]
    /// What they allow and refuse, with what that goes by.
    let consents: [ConsentAnswer]
    /// All that was ever said of it.
    let consentHistory: [ConsentAnswer]
    let leadIds: [LeadID]
    let merges: [Joined]
    let reviewIds: [String]
    /// Who was said to be somebody else, and that stands.
    let differentFrom: [UID]

    init(_ view: PersonView, for who: Principal, _ viewer: Viewer) {
        uid = view.uid
        aliases = view.aliases
        let isMasked = !view.isResponsible(who)
        identifiers = view.person.identifiers.map {
            Known(kind: $0.kind.rawValue, value: $0.shown(viewer, masked: isMasked))
        }
        let told = view.side.winners.map { field, winner in
            let fact = winner.fact
            let answer = Field(
                value: fact.value,
                source: fact.source.rawValue,
                by: fact.actor,
                at: fact.toldAt,
                why: winner.why,
                others: winner.others.map(\.value)
            )
            return (field.rawValue, answer)
        }
        fields = Dictionary(told + PersonAnswer.consentFields(view.side)) { first, _ in first }
        consents = view.side.heldConsents
        consentHistory = view.side.saidConsents
        leadIds = view.leads.map(\.lead.id)
        merges = view.merges.map {
            Joined(id: $0.id, mergedUid: $0.merged, at: $0.mergedAt, by: $0.actor, undoneAt: $0.undoneAt, why: $0.why)
        }
        reviewIds = view.reviews.map(\.id.wire)
        let members = view.side.members
        differentFrom = view.pins.filter { $0.lifted == nil }
            .map { members.contains($0.pair.low) ? $0.pair.high : $0.pair.low }
    }
}

extension PersonAnswer {
    /// As they were told before there were purposes: what holds by a means for all of them.
    private static func consentFields(_ side: Side) -> [(String, Field)] {
        let consents = side.person.consents
        return ConsentMeans.allCases.compactMap { means in
            guard let allows = consents.consent[means], let ground = consents[.service, means],
                let telling = side.tellings.first(where: { $0.id == ground.id })
            else { return nil }
            let why = Contracts.Why(
                rule: allows ? "consent.allowed" : "consent.no-stands",
                version: FactRules.version,
                inputs: ["source": ground.source],
                otherwise: allows ? "A no would hold at once." : "Staff can note that the person allows it again."
            )
            let field = Field(
                value: allows ? "yes" : "no",
                source: telling.source.rawValue,
                by: telling.actor,
                at: ground.at,
                why: why,
                others: []
            )
            return ("consent.contact.\(means.rawValue)", field)
        }
    }
}

/// The API of persons: who they are, what is told of them, who turned out to be whom.
struct PersonRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/persons/:uid") { _, context in try await show(context) }
        group.post("api/v1/persons/:uid/facts") { request, context in try await tell(request, context) }
        group.post("api/v1/persons/:uid/merge") { request, context in try await merge(request, context) }
        group.post("api/v1/merges/:id/undo") { request, context in try await undo(request, context) }
        group.get("api/v1/reviews") { request, context in try await reviews(request, context) }
        group.post("api/v1/reviews/:id/decide") { request, context in try await decide(request, context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let uid = UID(try context.uuid("uid"))
        let view = try await app.spine.read { try await PersonReadStore($0).find(uid, who.leadSight) }
        return try .json(PersonAnswer(view, for: who, pages.viewer(context)))
    }

    private struct Told: Codable {
        let values: [String: String]
    }

    private func tell(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let uid = UID(try context.uuid("uid"))
        let viewer = pages.viewer(context)
        let body = try await request.decode(as: Told.self, context: context)
        return try await deed.once(app.spine, body) { work in
            try await app.tellOfPerson(uid, body.values, deed.who.leadSight, work)
            return PersonAnswer(try await PersonReadStore(work.tx).find(uid, deed.who.leadSight), for: deed.who, viewer)
        }
    }

    private struct Other: Codable {
        let otherUid: UID
    }

    private struct Done: Encodable {
        let mergeId: MergeID
        let uid: UID
        let mergedUid: UID
    }

    private func merge(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        try deed.who.leadSight.requireLeading()
        let uid = UID(try context.uuid("uid"))
        let body = try await request.decode(as: Other.self, context: context)
        return try await deed.once(app.spine, body) { work in
            try await PersonScope(work.tx, deed.who.leadSight).requireBoth(uid, body.otherUid)
            let merge = try await app.mergePersons(body.otherUid, into: uid, why: Merge.byHand(), work)
            return Done(mergeId: merge.id, uid: merge.survivor, mergedUid: merge.merged)
        }
    }

    private struct Undo: Codable {
        /// Whether they are never to be proposed or joined again; yes unless told otherwise.
        let different: Bool?
    }

    private func undo(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        try deed.who.leadSight.requireLeading()
        let id = MergeID(try context.uuid("id"))
        let body = try await request.decode(as: Undo.self, context: context)
        return try await deed.once(app.spine, body) { work in
            try await PersonScope(work.tx, deed.who.leadSight).requireSides(of: id)
            let merge = try await app.unmergePersons(id, different: body.different ?? true, work)
            return Done(mergeId: merge.id, uid: merge.survivor, mergedUid: merge.merged)
        }
    }

    private struct Pair: Encodable {
        let id: String
        let olderUid: UID
        let newerUid: UID
        let status: String
        let foundAt: Date
        let why: Contracts.Why

        init(_ review: Review) {
            id = review.id.wire
            olderUid = review.pair.low
            newerUid = review.pair.high
            status = review.status.rawValue
            foundAt = review.foundAt
            why = review.why
        }
    }

    private func reviews(_ request: Request, _ context: WebContext) async throws -> Response {
        let sight = try context.requirePrincipal().leadSight
        try sight.requireLeading()
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let found = try await app.spine.read {
            try await ReviewStore($0).waiting(sight, after: after, limit: slice.limit + 1)
        }
        let next = found.count > slice.limit ? found[slice.limit - 1] : nil
        let items = found.prefix(slice.limit).map(Pair.init)
        return try .json(PageOf(items: items, nextCursor: next.map { Cursor($0.foundAt, $0.id).encoded }))
    }

    private struct Decision: Codable {
        let decision: String
        /// Who stays, of the two; the older one unless told otherwise.
        let keepUid: UID?
    }

    private func decide(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        try deed.who.leadSight.requireLeading()
        let id = try context.uuid("id")
        let body = try await request.decode(as: Decision.self, context: context)
        let decision = try DecideReview.Decision(named: body.decision)
        return try await deed.once(app.spine, body) { work in
            try await PersonScope(work.tx, deed.who.leadSight).require(decision, of: id)
            try await app.decideReview(id, decision, keep: body.keepUid, work)
            guard let review = try await ReviewStore(work.tx).find(id) else {
                throw Rejection.notFound("review", id.wire)
            }
            return Pair(review)
        }
    }
}
