public import Foundation
public import Web

/// Everybody whose view of one record is worth a test: the record belongs to `owner` of `team` and is about `project`.
public enum Cast: String, CaseIterable, Sendable {
    case owner
    case colleague
    case manager
    case otherManager
    /// Sees the record's project.
    case project
    /// Sees another project.
    case otherProject
    case head
    case admin
    case clerk
    case marketing
    case service
    case supervisor
    /// A role that this version does not know, although their token says that they see all.
    case intern

    public static let team = fixed(100)
    public static let otherTeam = fixed(101)
    public static let projectName = "river-park"

    public var id: UUID { Self.fixed(UInt8(Self.allCases.firstIndex(of: self) ?? 0)) }

    public var role: Role {
        switch self {
        case .owner, .colleague: .agent
        case .manager, .otherManager, .project, .otherProject: .manager
        case .intern: .other("intern")
        default: Role(rawValue)
        }
    }

    public var principal: Principal {
        let isProject = [.project, .otherProject].contains(self)
        let team: UUID? =
            switch self {
            case .owner, .colleague, .manager: Self.team
            case .otherManager: Self.otherTeam
            default: nil
            }
        return Principal(
            staffID: id,
            name: rawValue,
            email: "\(rawValue)@lintel.example",
            role: role,
            scope: isProject ? .project : self == .intern ? .all : role.usualScope,
            teamID: team,
            projects: [self == .otherProject ? "garden-city" : Self.projectName]
        )
    }

    /// Who sees what is sold: leads, customers, deals, messages.
    public static let seesSales: Set<Cast> = [.owner, .manager, .project, .head, .admin, .clerk, .marketing]

    /// Of those, who may change it.
    public static let actsInSales: Set<Cast> = [.owner, .manager, .project, .head, .admin]

    private static func fixed(_ last: UInt8) -> UUID {
        UUID(uuid: (0x01, 0x9A, 0xB0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0x0C, last))
    }
}
