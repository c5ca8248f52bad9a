import Contracts

/// How far somebody sees and what they may do.
///
/// Every list and every record is read through one.
struct Access: Sendable, Equatable {
    /// Whose customers and deals are seen.
    enum Reach: Sendable, Equatable {
        case own
        case team(TeamID)
        /// Customers with a case or a hand-over.
        case withService
        case all
    }

    let staffID: StaffID
    let role: StaffRole
    let teamID: TeamID?

    var reach: Reach {
        switch role {
        case .agent: .own
        case .manager: teamID.map(Reach.team) ?? .own
        case .service, .supervisor: .withService
        case .head, .clerk, .marketing, .admin: .all
        }
    }

    /// Whether somebody's record may be seen at all.
    func sees(_ record: some Owned) -> Bool {
        switch reach {
        case .own: record.ownerID == staffID
        case .team(let team): record.teamID == team || record.ownerID == staffID
        case .withService: record.isWithService
        case .all: true
        }
    }

    /// Whether the person answers for the record: only then are phone numbers shown in full.
    func isResponsible(for record: some Owned) -> Bool {
        if record.ownerID == staffID { return true }
        switch role {
        case .manager: return teamID != nil && record.teamID == teamID
        case .service, .supervisor: return record.isWithService
        case .agent, .head, .clerk, .marketing, .admin: return false
        }
    }

    /// Whether contacts may be logged, deals moved and units held: by the owner, the team's manager, the head and the
    /// administrator.
    func mayAct(on record: some Owned) -> Bool {
        if record.ownerID == staffID { return true }
        switch role {
        case .manager: return teamID != nil && record.teamID == teamID
        case .head, .admin: return true
        case .agent, .service, .supervisor, .clerk, .marketing: return false
        }
    }

    /// Whether somebody else's work is seen too.
    var seesOthers: Bool { reach != .own }
}

/// A record that somebody answers for.
protocol Owned {
    var ownerID: StaffID? { get }
    var teamID: TeamID? { get }
    /// The service desk has to do with it.
    var isWithService: Bool { get }
}
