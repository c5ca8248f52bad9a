import Contracts

/// Why an agent is not there.
enum Absence: Int, Codable, Sendable, CaseIterable {
    /// They have switched themselves off, or were.
    case offShift = 1
    /// It is not among their working hours.
    case outOfHours = 2
    case onLeave = 3

    /// In the glossary as `absence.<…>`, with dashes.
    var text: String {
        switch self {
        case .offShift: "off shift"
        case .outOfHours: "outside of their hours"
        case .onLeave: "on leave"
        }
    }
}

/// A member of staff who may be given leads.
struct Agent: Sendable, Equatable {
    var id: StaffID
    var teamID: TeamID?
    var projects: Set<String> = []
    var districts: Set<String> = []
    /// Open leads at most.
    var capacity: Int
    /// Open leads now.
    var load = 0
    var absence: Absence?
    /// Leads a day at most.
    var quota: Int?
    /// Leads that the rotation has given them today.
    var taken = 0
    /// What the rotation owes, in 1/``Roster/share`` of a lead.
    var credit: Int64 = 0
    var served: Int64 = 0
    /// The turn at which the agent was last served; 0 for never.
    var lastTurn: Int64 = 0

    var isOnShift: Bool {
        get { absence == nil }
        set { absence = newValue ? nil : .offShift }
    }

    var isFree: Bool { unavailability == nil }

    /// Why a lead cannot go here now.
    var unavailability: String? {
        if let absence { return absence.text }
        if load >= capacity { return "full" }
        if let quota, taken >= quota { return "quota used" }
        return nil
    }
}

extension Agent {
    init(
        id: StaffID,
        teamID: TeamID? = nil,
        projects: Set<String> = [],
        districts: Set<String> = [],
        capacity: Int,
        load: Int = 0,
        isOnShift: Bool
    ) {
        self.init(
            id: id,
            teamID: teamID,
            projects: projects,
            districts: districts,
            capacity: capacity,
            load: load,
            absence: isOnShift ? nil : .offShift
        )
    }
}
