import Contracts
import Failures
import Web

extension Lead {
    /// What decides who sees it.
    ///
    /// The service desk has to do with a person from the sale on.
    func belonging(isSold: Bool) -> Belonging {
        Belonging(owners: [ownerID?.uuid], teamID: teamID?.uuid, project: project, isAfterSales: isSold)
    }
}

extension Sight {
    /// - Throws: a ``Rejection`` for whoever may only look at leads.
    func requireActing() throws {
        guard mayAct else {
            throw Rejection(.forbidden, "only-looking", "Your role may look at leads, not change them.")
        }
    }

    /// Whether leads may be given to somebody: who leads a team gives them to its agents.
    func leads(_ member: StaffMember) -> Bool {
        switch extent {
        case .all, .projects: true
        case .team(let team): member.teamID?.uuid == team
        case .own, .afterSales, .nothing: teamID != nil && member.teamID?.uuid == teamID
        }
    }

    /// - Throws: a ``Rejection`` for whoever may not give leads to others.
    func requireLeading() throws {
        guard mayLead else {
            throw Rejection(.forbidden, "role-not-allowed", "Your role does not give leads to agents.")
        }
    }
}

extension Principal {
    /// Which leads this person sees, and what they may do with them.
    var leadSight: Sight { Sight(self, of: .selling) }
}
