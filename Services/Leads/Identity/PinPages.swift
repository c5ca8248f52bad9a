import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Who was said to be somebody else than a person, on the person's page.
struct PinPane: Sendable {
    let items: [Item]

    struct Item: Sendable {
        let text: String
        let at: TimeText
        let by: String
        let lifted: String?
        let lift: Lift?
    }

    /// Takes it back, for whoever may.
    struct Lift: Sendable {
        let action: String
        /// Of its choice, which a page has for each of several.
        let id: String
        let choices: [Field.Choice]
    }
}

extension PersonView {
    /// What was said of this person and of others; nil where nothing was.
    ///
    /// Who does not see the other learns no more than that there is one.
    func pinPane(mayLead: Bool, _ words: PersonWords) -> PinPane? {
        guard !pins.isEmpty else { return nil }
        let viewer = words.viewer
        let items = pins.map { pin in
            let other = side.members.contains(pin.pair.low) ? pin.pair.high : pin.pair.low
            let isSeen = seenPins.contains(other)
            let name = isSeen ? names[other] ?? viewer.text("leads.nameless") : viewer.text("reviews.beyond")
            let choices = LiftPin.Reason.allCases.map {
                Field.Choice($0.rawValue, viewer.text("persons.lift.\($0.rawValue)"))
            }
            let lift = PinPane.Lift(
                action: "/leads/persons/\(uid)/different/\(other)/lift",
                id: "lift-\(pin.pair.low)-\(pin.pair.high)",
                choices: choices
            )
            return PinPane.Item(
                text: viewer.text("persons.different-from", ["name": name]),
                at: viewer.time(pin.at),
                by: words.who(pin.by),
                lifted: pin.lifted.map {
                    viewer.text(
                        "persons.lifted",
                        [
                            "time": viewer.time($0.at).text, "by": words.who($0.by),
                            "reason": viewer.text("persons.lift.\($0.reason)"),
                        ]
                    )
                },
                lift: mayLead && isSeen && pin.lifted == nil ? lift : nil
            )
        }
        return PinPane(items: items)
    }
}

/// Takes back that two are different people: the form of a person's page and the API.
struct PinRoutes: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.post("persons/:uid/different/:other/lift") { request, context in try await lift(request, context) }
        group.post("api/v1/persons/:uid/different/:other/lift") { request, context in
            try await liftByProgram(request, context)
        }
    }

    private func lift(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let (one, other) = try pair(context, who.leadSight)
        let reason = try LiftPin.Reason(chosen: try await request.form(context)["reason"])
        try await app.spine.perform(who.cause(context)) { work in
            try await PersonScope(work.tx, who.leadSight).requireBoth(one, other)
            try await app.liftPin(one, other, reason, work)
        }
        return .seeOther("/leads/persons/\(one)", flash: Flash(.done, pages.viewer(context).text("persons.lifted-now")))
    }

    private struct Wish: Codable {
        let reason: String
    }

    private struct Answer: Encodable {
        let uid: UID
        let otherUid: UID
        let reason: String
    }

    private func liftByProgram(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let (one, other) = try pair(context, deed.who.leadSight)
        let wish = try await request.decode(as: Wish.self, context: context)
        let reason = try LiftPin.Reason(chosen: wish.reason)
        return try await deed.once(app.spine, wish) { work in
            try await PersonScope(work.tx, deed.who.leadSight).requireBoth(one, other)
            try await app.liftPin(one, other, reason, work)
            return Answer(uid: one, otherUid: other, reason: reason.rawValue)
        }
    }

    /// - Throws: a ``Rejection`` for whoever does not lead anybody.
    private func pair(_ context: WebContext, _ sight: Sight) throws -> (UID, UID) {
        try sight.requireLeading()
        return (UID(try context.uuid("uid")), UID(try context.uuid("other")))
    }
}
