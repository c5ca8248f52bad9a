public import Foundation

/// What somebody sees and may do, as their verified token says: the one rule that every service asks.
///
/// The scope says whose records are seen, the role what may be done with them. Lists, single records, fragments,
/// searches and event streams go by the same value: what is not seen is answered as if it did not exist.
public struct Sight: Sendable, Equatable {
    /// What the records are about.
    public enum Matter: Sendable, Equatable, CaseIterable {
        /// Leads, customers, deals, and messages about them.
        case selling
        /// Cases and hand-overs.
        case caring
    }

    /// Whose records are seen besides one's own.
    public enum Extent: Sendable, Equatable {
        /// Not even one's own: the work has nothing to do with it.
        case nothing
        case own
        /// The team's, and what waits for anybody at all.
        case team(UUID)
        /// Those about these projects, by their slug.
        case projects([String])
        /// Those of people whom the service desk has to do with.
        case afterSales
        case all
    }

    public let staffID: UUID
    public let role: Role
    public let teamID: UUID?
    public let extent: Extent
    /// Whether records that are seen may be changed: contacts logged, deals moved, units held; cases answered.
    public let mayAct: Bool
    /// Whether work may be given to others.
    public let mayLead: Bool
    /// Whether the numbers of people one is not responsible for may be asked for, with a reason.
    public let mayUnmask: Bool

    public init(_ principal: Principal, of matter: Matter) {
        staffID = principal.staffID
        role = principal.role
        teamID = principal.teamID
        extent = Self.extent(principal, matter)
        let isDesk = [.service, .supervisor].contains(role)
        switch matter {
        case .selling:
            mayAct = [.agent, .manager, .head, .admin].contains(role)
            mayLead = [.manager, .head, .admin].contains(role)
        case .caring:
            mayAct = isDesk || [.head, .admin].contains(role)
            mayLead = [.supervisor, .head, .admin].contains(role)
        }
        mayUnmask = isDesk || [.manager, .head, .admin].contains(role)
    }

    private static func extent(_ principal: Principal, _ matter: Matter) -> Extent {
        switch (matter, principal.role) {
        case (_, .other), (.caring, .clerk), (.caring, .marketing):
            return matter == .caring ? .nothing : .own
        case (.selling, .service), (.selling, .supervisor):
            return principal.scope == .own ? .own : .afterSales
        case (.caring, .service), (.caring, .supervisor):
            // The desk is one team: whose customers they are does not matter to it.
            return principal.scope == .team ? .all : extent(principal)
        default:
            return extent(principal)
        }
    }

    private static func extent(_ principal: Principal) -> Extent {
        switch principal.scope {
        case .own: .own
        case .team: principal.teamID.map(Extent.team) ?? .own
        case .project: .projects(principal.projects)
        case .all: .all
        }
    }

    /// Whether a record is seen at all.
    public func sees(_ record: Belonging) -> Bool {
        if extent == .nothing { return false }
        if record.owners.contains(staffID) { return true }
        switch extent {
        case .nothing, .own: return false
        case .team(let team): return record.teamID == team || (record.owners.isEmpty && record.teamID == nil)
        case .projects(let projects): return record.project.map(projects.contains) ?? false
        case .afterSales: return record.isAfterSales
        case .all: return true
        }
    }

    /// Whether a record may be changed.
    public func mayAct(on record: Belonging) -> Bool { mayAct && sees(record) }

    /// Whether the person answers for the record: only then are numbers and addresses shown in full without asking.
    public func isResponsible(for record: Belonging) -> Bool { record.owners.contains(staffID) }

    /// Whether somebody else's records are seen too.
    public var seesOthers: Bool { extent != .own && extent != .nothing }
}

/// What decides who sees a record.
public struct Belonging: Sendable, Hashable {
    /// Who answers for it; nobody where it waits for somebody.
    public var owners: [UUID]
    public var teamID: UUID?
    /// The project's slug.
    public var project: String?
    /// The service desk has to do with the person.
    public var isAfterSales: Bool

    public init(owners: [UUID?], teamID: UUID? = nil, project: String? = nil, isAfterSales: Bool = false) {
        self.owners = owners.compactMap { $0 }
        self.teamID = teamID
        self.project = project
        self.isAfterSales = isAfterSales
    }
}

extension Role {
    /// How far somebody of this role sees where nothing else is said.
    public var usualScope: Scope {
        switch self {
        case .agent, .other: .own
        case .manager: .team
        case .service, .supervisor, .head, .clerk, .marketing, .admin: .all
        }
    }
}
