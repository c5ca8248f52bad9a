import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Web

/// The API of the rules that decide who gets a lead.
struct RuleRoutes: Sendable {
    /// Whoever leads people may see the rules and change them.
    static let editors: [Role] = [.manager, .head]

    let app: LeadsApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/assignment-rules") { _, context in try await current(context) }
        group.get("api/v1/assignment-rules/:version") { _, context in try await version(context) }
        group.post("api/v1/assignment-rules") { request, context in try await change(request, context) }
        group.post("api/v1/assignment-rules/simulate") { request, context in try await simulate(request, context) }
        group.get("api/v1/leads/:id/assignments") { _, context in try await explain(context) }
    }

    private func current(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: PolicyAccess.readers)
        return try .json(RuleSetAnswer(try await app.spine.read { try await RuleSetStore($0).current() }))
    }

    private func version(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: PolicyAccess.readers)
        let wanted = try context.parameters.require("version")
        let number = Int(wanted) ?? 0
        guard let found = try await app.spine.read({ try await RuleSetStore($0).find(number) }) else {
            throw Rejection.notFound("version", wanted)
        }
        return try .json(RuleSetAnswer(found))
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.editors)
        let deed = try Deed(request, context)
        let wish = try await request.decode(as: RuleSetWish.self, context: context)
        return try await deed.once(app.spine, wish) { work in
            try await app.changeRules(wish.set, from: wish.version ?? 0, note: wish.note, work)
            return RuleSetAnswer(try await RuleSetStore(work.tx).current())
        }
    }

    private func simulate(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: Self.editors)
        let wish = try await request.decode(as: RuleSetWish.self, context: context)
        let days = wish.days ?? 30
        guard SimulateRules.days.contains(days) else {
            throw Rejection.invalid("days", "out-of-range", "days is a number from 1 to 90.")
        }
        try wish.set.check(pools: Set(try await app.spine.read { try await PoolStore($0).all() }.map(\.name)))
        let isFree = wish.everybodyIsFree ?? false
        return try .json(SimulationAnswer(try await app.simulateRules(wish.set, days: days, isEverybodyFree: isFree)))
    }

    private func explain(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let items = try await app.spine.read { tx in
            guard try await LeadQueryStore(tx).find(id, who.leadSight) != nil else {
                throw Rejection.notFound("lead", id)
            }
            var items: [ExplanationAnswer] = []
            for decision in try await RosterSnapshotStore(tx).decisions(about: id).prefix(20) {
                items.append(ExplanationAnswer(decision, try await app.explainAssignment(decision, tx)))
            }
            return items
        }
        return try .json(PageOf(items: items, nextCursor: nil))
    }
}
