public import Foundation

/// Who is signed in, as the signed token says.
public struct Principal: Sendable, Equatable {
    public var staffID: UUID
    public var name: String
    public var email: String
    public var role: Role
    public var scope: Scope
    public var teamID: UUID?
    /// The projects that the person works on, by their slug.
    public var projects: [String]
    public var language: Language
    /// Counts up when all sign-ins of the person before that end: at a new password, or when they leave.
    public var epoch: Int

    public init(
        staffID: UUID,
        name: String,
        email: String,
        role: Role,
        scope: Scope,
        teamID: UUID? = nil,
        projects: [String] = [],
        language: Language = .english,
        epoch: Int = 0
    ) {
        self.staffID = staffID
        self.name = name
        self.email = email
        self.role = role
        self.scope = scope
        self.teamID = teamID
        self.projects = projects
        self.language = language
        self.epoch = epoch
    }

    /// Whether the person's role is one of these; an administrator's always is.
    public func isOne(of roles: [Role]) -> Bool {
        role == .admin || roles.contains(role)
    }
}

/// What somebody's work is.
///
/// A role that this version does not know is kept and may do nothing in particular.
public enum Role: Sendable, Hashable {
    case agent
    case manager
    /// Answers cases and makes hand-overs.
    case service
    /// Leads the service desk.
    case supervisor
    /// Heads a department: the last to hear of a breach.
    case head
    case clerk
    case marketing
    case admin
    case other(String)

    public init(_ name: String) {
        self = Self.known[name] ?? .other(name)
    }

    /// The name on the wire.
    public var name: String {
        if case .other(let name) = self { return name }
        return "\(self)"
    }

    private static let known: [String: Role] = [
        "agent": .agent, "manager": .manager, "service": .service, "supervisor": .supervisor, "head": .head,
        "clerk": .clerk, "marketing": .marketing, "admin": .admin,
    ]
}

/// How far somebody sees.
public enum Scope: String, Sendable, Hashable, Codable {
    case own
    case team
    case project
    case all

    /// The scope of that name; one that is unknown sees the least.
    public init(_ name: String) {
        self = Scope(rawValue: name) ?? .own
    }
}
