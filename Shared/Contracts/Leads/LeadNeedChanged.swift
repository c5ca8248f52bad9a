/// A member of staff has corrected what the person of a lead wants.
public struct LeadNeedChanged: Contract {
    public static let name: MessageName = "leads.lead.need_changed.v1"
    public static let summary = "A member of staff corrected what the person of a lead wants."

    public var leadID: LeadID
    public var uid: UID
    /// Who has corrected it.
    public var staffID: StaffID
    /// All that is wanted now.
    public var need: Need
    /// What was taken to be wanted before.
    public var previous: Need?
    /// The members of `need` that are different now; those that it lacks are not wanted any more.
    public var changed: [String]

    public init(leadID: LeadID, uid: UID, staffID: StaffID, need: Need, previous: Need? = nil, changed: [String]) {
        self.leadID = leadID
        self.uid = uid
        self.staffID = staffID
        self.need = need
        self.previous = previous
        self.changed = changed
    }

    public static var example: LeadNeedChanged {
        LeadNeedChanged(
            leadID: Sample.lead,
            uid: Sample.uid,
            staffID: Sample.agent,
            need: Sample.need,
            previous: Need(purpose: "buy"),
            changed: ["projects", "districts", "layouts", "budget", "area", "timeframe"]
        )
    }
}
