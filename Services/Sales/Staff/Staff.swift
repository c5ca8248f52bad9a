import Contracts
import Web

/// What somebody's work is.
enum StaffRole: String, Sendable, CaseIterable {
    case agent
    case manager
    /// Answers cases and makes hand-overs.
    case service
    /// Leads the service desk.
    case supervisor
    /// Heads sales and service.
    case head
    case clerk
    case marketing
    case admin
}

/// A member of staff, with what the others need to know of the team.
struct Staff: Sendable, Equatable {
    let id: StaffID
    let email: String
    let name: String
    let phone: String?
    let role: StaffRole
    let team: Team?
    let projects: [String]
    let districts: [String]
    /// Open leads at most.
    let capacity: Int
    let isOnShift: Bool
    let isActive: Bool
    /// `en` or `zh-Hans`.
    let language: String
    /// How far they see; nil for what is usual for the role.
    let scope: Scope?
    /// Sign-ins of an earlier epoch have ended.
    let signInEpoch: Int

    /// The team as its members see it.
    struct Team: Sendable, Equatable {
        let id: TeamID
        let name: String
        let managerID: StaffID?
    }

    /// How far they see.
    var sees: Scope { scope ?? Role(role.rawValue).usualScope }

    /// What the other services are told.
    var changed: StaffChanged {
        StaffChanged(
            staffID: id,
            name: name,
            email: email,
            phone: phone,
            role: role.rawValue,
            teamID: team?.id,
            teamName: team?.name,
            managerID: team?.managerID,
            projects: projects,
            districts: districts,
            capacity: capacity,
            isOnShift: isOnShift,
            isActive: isActive,
            language: language,
            scope: sees.rawValue,
            signInEpoch: signInEpoch
        )
    }
}
