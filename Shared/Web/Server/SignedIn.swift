public import Hummingbird

/// Lets only people through who are signed in, and where roles are named, only those of that role.
public struct SignedIn: RouterMiddleware {
    public typealias Context = WebContext
    private let roles: [Role]?

    public init() {
        roles = nil
    }

    public init(as roles: Role...) {
        self.roles = roles
    }

    public func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if let roles {
            try context.requireRole(oneOf: roles)
        } else {
            _ = try context.requirePrincipal()
        }
        return try await next(request, context)
    }
}
