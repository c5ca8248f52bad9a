/// When an agent works, as their manager has written it down, was changed.
public struct AgentHoursChanged: Contract {
    public static let name: MessageName = "leads.agent.hours_changed.v1"
    public static let isPublished = false
    public static let summary = "The working hours, leaves or daily quota of an agent were changed."

    public var staffID: StaffID
    /// By weekday, `1` for Monday: `09:00-12:00, 13:00-18:00`; empty when they may work at any hour.
    public var week: [String: String]
    /// First and last day: `2026-12-24/2026-12-31`.
    public var leaves: [String]
    /// Leads a day at most.
    public var perDay: Int?

    public init(staffID: StaffID, week: [String: String], leaves: [String], perDay: Int? = nil) {
        self.staffID = staffID
        self.week = week
        self.leaves = leaves
        self.perDay = perDay
    }

    public static var example: AgentHoursChanged {
        AgentHoursChanged(
            staffID: Sample.agent,
            week: ["1": "09:00-12:00, 13:00-18:00"],
            leaves: ["2026-12-24/2026-12-31"],
            perDay: 15
        )
    }
}
