/// A merge was taken back.
public struct PersonUnmerged: Contract {
    public static let name: MessageName = "leads.person.unmerged.v1"
    public static let summary = "A merge was taken back: both are persons again, each with what was theirs."

    public var mergeID: MergeID
    /// Who it was merged into, or who that has been merged into since.
    public var uid: UID
    public var unmergedUID: UID
    /// Every UID that resolves to `unmergedUID` again, itself among them: what was told of these is theirs.
    public var uids: [UID]
    /// The open lead of each of the two, if they have one.
    public var standing: StandingLead?
    public var unmergedStanding: StandingLead?

    public init(
        mergeID: MergeID,
        uid: UID,
        unmergedUID: UID,
        uids: [UID],
        standing: StandingLead?,
        unmergedStanding: StandingLead?
    ) {
        self.mergeID = mergeID
        self.uid = uid
        self.unmergedUID = unmergedUID
        self.uids = uids
        self.standing = standing
        self.unmergedStanding = unmergedStanding
    }

    public static var example: PersonUnmerged {
        PersonUnmerged(
            mergeID: Sample.merge,
            uid: Sample.uid,
            unmergedUID: Sample.otherUID,
            uids: [Sample.otherUID],
            standing: StandingLead(leadID: Sample.lead, ownerID: Sample.agent, teamID: Sample.team),
            unmergedStanding: nil
        )
    }
}
