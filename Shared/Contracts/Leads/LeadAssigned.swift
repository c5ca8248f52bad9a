public import struct Foundation.Date

/// A lead has an owner, or waits in a pool.
public struct LeadAssigned: Contract {
    public static let name: MessageName = "leads.lead.assigned.v1"
    public static let summary =
        "A lead was given to an agent, or to the pool when nobody can take it; also on every reassignment."

    public var leadID: LeadID
    public var uid: UID
    /// Nil when it waits in the pool.
    public var ownerID: StaffID?
    public var teamID: TeamID?
    /// Set on a reassignment.
    public var previousOwnerID: StaffID?
    /// The pool it waits in when it has no owner.
    public var pool: String?
    public var grade: String
    public var customerName: String?
    /// The first project asked for.
    public var project: String?
    public var channel: String
    /// By when the owner must have spoken with the person.
    public var firstResponseDueAt: Date?
    public var why: Why
    /// Whether the owner took it themselves, and need not be told; missing where somebody else gave it to them.
    public var isOwnDoing: Bool?
    /// What marketing knows of the person beyond the need that was told when the lead was received, to be confirmed or
    /// rejected by sales; missing where nothing is known, and in what older versions sent.
    public var tags: [PersonTag]?

    public init(
        leadID: LeadID,
        uid: UID,
        ownerID: StaffID? = nil,
        teamID: TeamID? = nil,
        previousOwnerID: StaffID? = nil,
        pool: String? = nil,
        grade: String,
        customerName: String? = nil,
        project: String? = nil,
        channel: String,
        firstResponseDueAt: Date? = nil,
        why: Why,
        isOwnDoing: Bool? = nil,
        tags: [PersonTag]? = nil
    ) {
        self.leadID = leadID
        self.uid = uid
        self.ownerID = ownerID
        self.teamID = teamID
        self.previousOwnerID = previousOwnerID
        self.pool = pool
        self.grade = grade
        self.customerName = customerName
        self.project = project
        self.channel = channel
        self.firstResponseDueAt = firstResponseDueAt
        self.why = why
        self.isOwnDoing = isOwnDoing
        self.tags = tags
    }

    public static var example: LeadAssigned {
        LeadAssigned(
            leadID: Sample.lead,
            uid: Sample.uid,
            ownerID: Sample.agent,
            teamID: Sample.team,
            previousOwnerID: Sample.manager,
            pool: "main",
            grade: "A",
            customerName: "张三",
            project: "river-park",
            channel: "douyin",
            firstResponseDueAt: Sample.instant,
            why: Sample.why,
            isOwnDoing: false,
            tags: [
                PersonTag(key: "interest", value: "education", source: "enquiry", confidence: 60, isConfirmed: false)
            ]
        )
    }
}
