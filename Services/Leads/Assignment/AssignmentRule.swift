import Contracts

/// One line of the table that decides which agents may take a lead.
struct AssignmentRule: Sendable, Equatable {
    /// How the rule looks for agents.
    enum Kind: String, Sendable {
        /// Whoever had the person's last lead.
        case previousOwner = "previous-owner"
        /// Who sells a project that was asked for.
        case project
        /// Who knows a district that was asked for.
        case district
        /// Everybody.
        case any
    }

    var name: String
    var kind: Kind
    var version: Int
    // The rule applies only where these agree with the lead.
    var channel: String?
    var grade: String?
    var project: String?
    var district: String?
    /// Gives to this team only.
    var teamID: TeamID?

    init(
        _ name: String,
        _ kind: Kind,
        version: Int = 1,
        channel: String? = nil,
        grade: String? = nil,
        project: String? = nil,
        district: String? = nil,
        teamID: TeamID? = nil
    ) {
        self.name = name
        self.kind = kind
        self.version = version
        self.channel = channel
        self.grade = grade
        self.project = project
        self.district = district
        self.teamID = teamID
    }

    func applies(to question: AssignmentQuestion) -> Bool {
        (channel == nil || channel == question.channel)
            && (grade == nil || grade == question.grade)
            && (project == nil || question.projects.contains { $0 == project })
            && (district == nil || question.districts.contains { $0 == district })
    }

    /// Whether the rule speaks of this agent at all, available or not.
    func speaks(of agent: Agent, for question: AssignmentQuestion) -> Bool {
        guard teamID == nil || agent.teamID == teamID else { return false }
        switch kind {
        case .previousOwner: return agent.id == question.previousOwner
        case .project: return question.projects.contains { agent.projects.contains($0) }
        case .district: return question.districts.contains { agent.districts.contains($0) }
        case .any: return true
        }
    }
}

/// What is asked for whom.
struct AssignmentQuestion: Sendable, Equatable {
    var projects: [String] = []
    var districts: [String] = []
    var channel: String
    var grade: String
    /// Who had the person's last lead, if there was one.
    var previousOwner: StaffID?
    /// Who must not get it: those who had it and did not answer.
    var excluded: Set<StaffID> = []
}

/// Who has a lead now, or which pool it waits in, and why.
struct Assignment: Sendable, Equatable {
    static let mainPool = "main"

    var ownerID: StaffID?
    var teamID: TeamID?
    var pool: String?
    var why: Why
}
