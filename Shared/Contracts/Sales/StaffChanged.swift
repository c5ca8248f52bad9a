/// A member of staff as Sales knows them now.
public struct StaffChanged: Contract {
    public static let name: MessageName = "sales.staff.changed.v1"
    public static let summary = "A member of staff was added or changed, went on or off shift, or left."

    public var staffID: StaffID
    public var name: String
    public var email: String
    /// E.164.
    public var phone: String?
    /// `agent`, `manager`, `service`, `supervisor`, `head`, `clerk`, `marketing`, `admin`.
    public var role: String
    public var teamID: TeamID?
    public var teamName: String?
    /// Who leads the team.
    public var managerID: StaffID?
    /// Projects that they sell.
    public var projects: [String]
    public var districts: [String]
    /// Open leads at most.
    public var capacity: Int
    public var isOnShift: Bool
    /// False once they have left.
    public var isActive: Bool
    /// `en` or `zh-Hans`.
    public var language: String
    /// How far they see: `own`, `team`, `project` (their `projects`) or `all`; what is usual for the role where it is absent.
    public var scope: String?
    /// Sign-ins of an earlier epoch have ended; 0 where it is absent.
    public var signInEpoch: Int?

    public init(
        staffID: StaffID,
        name: String,
        email: String,
        phone: String? = nil,
        role: String,
        teamID: TeamID? = nil,
        teamName: String? = nil,
        managerID: StaffID? = nil,
        projects: [String],
        districts: [String],
        capacity: Int,
        isOnShift: Bool,
        isActive: Bool,
        language: String,
        scope: String? = nil,
        signInEpoch: Int? = nil
    ) {
        self.staffID = staffID
        self.name = name
        self.email = email
        self.phone = phone
        self.role = role
        self.teamID = teamID
        self.teamName = teamName
        self.managerID = managerID
        self.projects = projects
        self.districts = districts
        self.capacity = capacity
        self.isOnShift = isOnShift
        self.isActive = isActive
        self.language = language
        self.scope = scope
        self.signInEpoch = signInEpoch
    }

    public static var example: StaffChanged {
        StaffChanged(
            staffID: Sample.agent,
            name: "李娜",
            email: "li.na@lintel.example",
            phone: "+8613800000001",
            role: "agent",
            teamID: Sample.team,
            teamName: "浦东一组",
            managerID: Sample.manager,
            projects: ["river-park"],
            districts: ["浦东"],
            capacity: 40,
            isOnShift: true,
            isActive: true,
            language: "zh-Hans",
            scope: "own",
            signInEpoch: 2
        )
    }
}
