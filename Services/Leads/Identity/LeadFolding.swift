import Contracts
import Foundation

/// A lead as far as merges deal with it.
struct PersonLead: Sendable, Equatable {
    let id: LeadID
    /// The UID that it was told of.
    var origin: UID
    var status: Lead.Status
    /// What it is once it comes back, while it waits behind another.
    var hiddenStatus: Lead.Status?
    var mergedInto: LeadID?
    var hiddenAt: Date?
    var ownerID: StaffID?
    var teamID: TeamID?
    var step: ResponseStep
    var responseDueAt: Date

    var standing: StandingLead { StandingLead(leadID: id, ownerID: ownerID, teamID: teamID) }

    /// How far along it is: somebody has spoken with the person, somebody has it, it is the older one.
    fileprivate func isBehind(_ other: PersonLead) -> Bool {
        func rank(_ lead: PersonLead) -> Int {
            ((lead.hiddenStatus ?? lead.status) == .contacted ? 2 : 0) + (lead.ownerID == nil ? 0 : 1)
        }
        return rank(self) != rank(other) ? rank(self) < rank(other) : other.id < id
    }
}

/// Which of a person's leads stands, and which wait behind it.
///
/// Pure. A person has one open lead; of two, the one that is further along is kept. One that waits comes back when the lead
/// it waits behind is another person's again, unless there is an open one already.
struct LeadFolding: Sendable, Equatable {
    /// What changes, as it is afterwards.
    private(set) var hidden: [PersonLead] = []
    private(set) var revived: [PersonLead] = []
    /// The open lead, if there is one.
    private(set) var standing: PersonLead?

    init(_ leads: [PersonLead], now: Date) {
        let ids = Set(leads.map(\.id))
        let open = leads.filter(\.status.isOpen)
        let free = leads.filter { lead in lead.mergedInto.map { !ids.contains($0) } ?? false }
        guard var best = (open + free).max(by: { $0.isBehind($1) }) else { return }
        for var lead in open + free where lead.id != best.id {
            if lead.status.isOpen {
                lead.hiddenStatus = lead.status
                lead.hiddenAt = now
            }
            lead.status = .merged
            lead.mergedInto = best.id
            hidden.append(lead)
        }
        if best.status == .merged {
            best.status = best.hiddenStatus ?? .open
            // Its clock did not run while nobody could see it.
            best.responseDueAt += now.timeIntervalSince(best.hiddenAt ?? now)
            (best.hiddenStatus, best.mergedInto, best.hiddenAt) = (nil, nil, nil)
            revived = [best]
        }
        standing = best
    }

    /// Those that were open until now.
    var newlyHidden: [LeadID] { hidden.map(\.id) }
}
