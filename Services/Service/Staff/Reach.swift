import Contracts
import Failures
import Web

/// Whose cases and hand-overs somebody sees, and what they may do about them.
struct Reach: Sendable, Equatable {
    enum Sight: Sendable, Equatable {
        /// The service desk, its heads and administrators.
        case everybody
        /// An agent: the customers they answer for.
        case customers(of: StaffID)
        /// A manager: the customers that the team answers for.
        case customersOfTeam(TeamID)
    }

    let staffID: StaffID
    let sight: Sight
    /// Answers, closes, hands over.
    let mayAct: Bool
    /// Gives cases to others and corrects dates.
    let mayLead: Bool

    /// - Throws: a ``Rejection`` for roles that have nothing to do with after-sales.
    init(_ principal: Principal) throws {
        staffID = StaffID(principal.staffID)
        mayAct = principal.isOne(of: [.service, .supervisor, .head])
        mayLead = principal.isOne(of: [.supervisor, .head])
        if mayAct {
            sight = .everybody
        } else if principal.role == .agent {
            sight = .customers(of: StaffID(principal.staffID))
        } else if principal.role == .manager, let team = principal.teamID {
            sight = .customersOfTeam(TeamID(team))
        } else {
            throw Rejection(.forbidden, "role-not-allowed", "Your role does not work with cases.")
        }
    }

    /// - Throws: a ``Rejection`` for whoever may only look.
    func requireActing() throws {
        guard mayAct else { throw Rejection(.forbidden, "only-looking", "Only the service desk may do this.") }
    }

    /// - Throws: a ``Rejection`` for whoever does not lead the desk.
    func requireLeading() throws {
        guard mayLead else { throw Rejection(.forbidden, "supervisors-only", "Only a supervisor may do this.") }
    }

    /// Whether a person's number and address are shown in full: to who works on the case, and to who leads the desk.
    func isResponsible(owner: StaffID?, agent: StaffID?) -> Bool {
        mayLead || owner == staffID || agent == staffID
    }
}
