/// A pool of leads is new, or somebody else may claim from it now.
public struct PoolChanged: Contract {
    public static let name: MessageName = "leads.pool.changed.v1"
    public static let isPublished = false
    public static let summary = "A pool of leads was added or changed."

    /// Limits of its own; the policy's hold where one is not set.
    public struct Limits: Codable, Sendable, Equatable {
        /// Claims of one agent a day from this pool.
        public var perDay: Int?
        /// Leads claimed from this pool that one agent has open at once.
        public var heldAtOnce: Int?
        /// Days before somebody may claim a lead from this pool that they had.
        public var formerOwnerWaits: Int?
        /// Hours for which nobody may claim a lead that has come into this pool.
        public var newLeadsWait: Int?

        public init(
            perDay: Int? = nil,
            heldAtOnce: Int? = nil,
            formerOwnerWaits: Int? = nil,
            newLeadsWait: Int? = nil
        ) {
            self.perDay = perDay
            self.heldAtOnce = heldAtOnce
            self.formerOwnerWaits = formerOwnerWaits
            self.newLeadsWait = newLeadsWait
        }
    }

    /// What leads and rules call it.
    public var pool: String
    public var title: String
    /// Only this team's agents claim from it, where set.
    public var teamID: TeamID?
    /// Its leads go to whoever is free, without a claim.
    public var givesOut: Bool
    /// What nobody has followed up for long comes here.
    public var takesRecycled: Bool
    public var limits: Limits?
    /// Rises with every change.
    public var version: Int?

    public init(
        pool: String,
        title: String,
        teamID: TeamID? = nil,
        givesOut: Bool,
        takesRecycled: Bool,
        limits: Limits? = nil,
        version: Int? = nil
    ) {
        self.pool = pool
        self.title = title
        self.teamID = teamID
        self.givesOut = givesOut
        self.takesRecycled = takesRecycled
        self.limits = limits
        self.version = version
    }

    public static var example: PoolChanged {
        PoolChanged(
            pool: "pudong",
            title: "浦东公海",
            teamID: Sample.team,
            givesOut: false,
            takesRecycled: true,
            limits: Limits(perDay: 5, formerOwnerWaits: 14),
            version: 3
        )
    }
}
