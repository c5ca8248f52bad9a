import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// The API of pools.
struct PoolRoutes: Sendable {
    /// Who sees what waits: those who may claim, and those who lead them.
    static let readers: [Role] = [.agent, .manager, .head]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/pools") { _, context in try await list(context) }
        group.post("api/v1/pools") { request, context in try await change(request, context) }
        group.get("api/v1/pools/:name/leads") { request, context in try await leads(request, context) }
        group.post("api/v1/leads/:id/claim") { request, context in try await claim(request, context) }
        group.post("api/v1/leads/:id/freeze") { request, context in try await freeze(request, context) }
    }

    private struct Answer: Encodable {
        let pool: Pool
        let leads: Int
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.readers)
        let (pools, counts) = try await app.spine.read { tx in
            (try await PoolStore(tx).all(), try await PoolQueryStore(tx).counts())
        }
        let items = pools.filter { $0.isOpen(to: who) }.map { Answer(pool: $0, leads: counts[$0.name] ?? 0) }
        return try .json(PageOf(items: items, nextCursor: nil))
    }

    private func leads(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: Self.readers)
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let pool = try await app.spine.read {
            try await PoolStore($0).named(try context.parameters.require("name"), who)
        }
        let found = try await app.spine.read { tx in
            try await PoolQueryStore(tx).leads(in: pool.name, after: after, limit: slice.limit + 1)
        }
        return try .json(PageOf(found, slice) { Cursor($0.receivedAt, $0.id.uuid) })
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: RuleRoutes.editors)
        let deed = try Deed(request, context)
        let pool = try await request.decode(as: Pool.self, context: context)
        return try await deed.once(app.spine, pool) { work in
            try await app.changePool(pool, work)
        }
    }

    private struct Claimed: Encodable {
        let id: LeadID
        let ownerId: StaffID?
        let firstResponseDueAt: Date
    }

    private struct Nothing: Codable {}

    private func claim(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let id = LeadID(try context.uuid("id"))
        let agent = StaffID(deed.who.staffID)
        do {
            return try await app.claimLine.take(id, by: agent) {
                try await deed.once(app.spine, Nothing()) { work in
                    let lead = try await app.claimLead(id, by: agent, work)
                    return Claimed(id: lead.id, ownerId: lead.ownerID, firstResponseDueAt: lead.responseDueAt)
                }
            }
        } catch let refusal as ClaimRefusal { throw refusal.rejection }
    }

    private struct Freeze: Codable {
        let isFrozen: Bool
    }

    private func freeze(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let id = LeadID(try context.uuid("id"))
        let wish = try await request.decode(as: Freeze.self, context: context)
        return try await deed.once(app.spine, wish) { work in
            try await app.freezeLead(id, isFrozen: wish.isFrozen, deed.who.leadSight, work)
            return wish
        }
    }
}

extension Pool {
    /// Whether somebody may see what waits in it: their own team's, everybody's, and all of them for who heads the teams.
    func isOpen(to who: Principal) -> Bool {
        teamID == nil || who.scope == .all || who.teamID.map { TeamID($0) } == teamID
    }

    /// The same for whoever moves leads into it.
    func isOpen(to sight: Sight) -> Bool {
        teamID == nil || sight.extent == .all || sight.teamID.map { TeamID($0) } == teamID
    }
}

extension PoolStore {
    /// A pool that somebody may see.
    func named(_ name: String, _ who: Principal) async throws -> Pool {
        guard let pool = try await all().first(where: { $0.name == name }), pool.isOpen(to: who) else {
            throw Rejection.notFound("pool", name)
        }
        return pool
    }
}
