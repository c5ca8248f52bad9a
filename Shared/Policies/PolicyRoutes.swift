import Contracts
public import Hummingbird
public import Messaging
public import Web

/// A policy as programs see it.
struct PolicyAnswer: Codable, Sendable {
    struct Field: Codable, Sendable {
        let name: String
        let unit: String
        let value: Double
        let min: Double
        let max: Double
    }

    let name: String
    let version: Int
    let fields: [Field]

    init(_ policy: PolicyDescription, _ present: Versioned<[String: Double]>) {
        name = policy.name
        version = present.version
        fields = policy.fields.map { field in
            Field(
                name: field.name,
                unit: field.unit.rawValue,
                value: present.value[field.name] ?? 0,
                min: field.range.lowerBound,
                max: field.range.upperBound
            )
        }
    }
}

/// The API of a service's policies.
public struct PolicyRoutes<Event: PolicyEvent>: Sendable {
    private let spine: Spine
    private let changePolicy: ChangePolicy<Event>

    public init(spine: Spine, changePolicy: ChangePolicy<Event>) {
        self.spine = spine
        self.changePolicy = changePolicy
    }

    public func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/policies") { _, context in try await list(context) }
        group.get("api/v1/policies/:name") { _, context in try await show(context) }
        group.post("api/v1/policies/:name") { request, context in try await change(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: PolicyAccess.readers)
        let present = try await spine.read { tx in try await PolicyStore(tx).all() }
        let items = changePolicy.catalogue.all.map { PolicyAnswer($0, present.current($0)) }
        return try .json(PageOf(items: items, nextCursor: nil))
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: PolicyAccess.readers)
        let policy = try changePolicy.catalogue.named(try context.parameters.require("name"))
        let present = try await spine.read { tx in try await PolicyStore(tx).all() }
        return try .json(PolicyAnswer(policy, present.current(policy)))
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: PolicyAccess.writers)
        let deed = try Deed(request, context)
        let policy = try changePolicy.catalogue.named(try context.parameters.require("name"))
        let wish = try await request.decode(as: PolicyWish.self, context: context)
        return try await deed.once(spine, wish) { work in
            try await changePolicy(policy.name, wish, work)
            return PolicyAnswer(policy, try await PolicyStore(work.tx).all().current(policy))
        }
    }
}
