import Contracts
import Failures
import Web

/// Whose cases and hand-overs somebody sees, and what they may do about them: ``Sight`` in the words of the desk.
struct Reach: Sendable, Equatable {
    let sight: Sight

    /// - Throws: a ``Rejection`` for roles that have nothing to do with after-sales.
    init(_ principal: Principal) throws {
        sight = Sight(principal, of: .caring)
        guard sight.extent != .nothing else {
            throw Rejection(.forbidden, "role-not-allowed", "Your role does not work with cases.")
        }
    }

    var staffID: StaffID { StaffID(sight.staffID) }
    /// Answers, closes, hands over.
    var mayAct: Bool { sight.mayAct }
    /// Gives cases to others and corrects dates.
    var mayLead: Bool { sight.mayLead }

    /// - Throws: a ``Rejection`` for whoever may only look.
    func requireActing() throws {
        guard mayAct else { throw Rejection(.forbidden, "only-looking", "Only the service desk may do this.") }
    }

    /// - Throws: a ``Rejection`` for whoever does not lead the desk.
    func requireLeading() throws {
        guard mayLead else { throw Rejection(.forbidden, "supervisors-only", "Only a supervisor may do this.") }
    }

    /// Whether a person's number and address are shown in full: to who works on the case, and to the customer's agent.
    func isResponsible(owner: StaffID?, agent: StaffID?) -> Bool {
        sight.isResponsible(for: Belonging(owners: [owner?.uuid, agent?.uuid]))
    }
}
