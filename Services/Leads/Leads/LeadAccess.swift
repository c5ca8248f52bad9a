import Contracts

/// Which leads somebody may see and change.
enum LeadAccess: Sendable, Equatable {
    /// An agent: his own.
    case own(StaffID)
    /// A manager: the team's, and what waits in the pool.
    case team(TeamID)
    case all
    case none

    func covers(_ lead: Lead) -> Bool {
        switch self {
        case .own(let id): lead.ownerID == id
        case .team(let id): lead.teamID == id || lead.ownerID == nil
        case .all: true
        case .none: false
        }
    }
}
