/// A manager keeps a lead in its pool, or lets it go.
public struct LeadFrozen: Contract {
    public static let name: MessageName = "leads.lead.frozen.v1"
    public static let summary = "A manager kept a lead in its pool, so that nobody may claim it, or let it go again."

    public var leadID: LeadID
    public var uid: UID
    /// False when it was let go.
    public var isFrozen: Bool
    /// Who did it.
    public var staffID: StaffID
    /// Where it waits.
    public var pool: String

    public init(leadID: LeadID, uid: UID, isFrozen: Bool, staffID: StaffID, pool: String) {
        self.leadID = leadID
        self.uid = uid
        self.isFrozen = isFrozen
        self.staffID = staffID
        self.pool = pool
    }

    public static var example: LeadFrozen {
        LeadFrozen(leadID: Sample.lead, uid: Sample.uid, isFrozen: true, staffID: Sample.manager, pool: "shared")
    }
}
