/// A pool of leads is new, or somebody else may claim from it now.
public struct PoolChanged: Contract {
    public static let name: MessageName = "leads.pool.changed.v1"
    public static let isPublished = false
    public static let summary = "A pool of leads was added or changed."

    /// What leads and rules call it.
    public var pool: String
    public var title: String
    /// Only this team's agents claim from it, where set.
    public var teamID: TeamID?
    /// Its leads go to whoever is free, without a claim.
    public var givesOut: Bool
    /// What nobody has followed up for long comes here.
    public var takesRecycled: Bool

    public init(pool: String, title: String, teamID: TeamID? = nil, givesOut: Bool, takesRecycled: Bool) {
        self.pool = pool
        self.title = title
        self.teamID = teamID
        self.givesOut = givesOut
        self.takesRecycled = takesRecycled
    }

    public static var example: PoolChanged {
        PoolChanged(pool: "pudong", title: "浦东公海", teamID: Sample.team, givesOut: false, takesRecycled: true)
    }
}
