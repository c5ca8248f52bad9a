/// Two UIDs turned out to be one person.
public struct PersonMerged: Contract {
    public static let name: MessageName = "leads.person.merged.v1"
    public static let summary = "Two UIDs are one person; the one that was merged resolves to the other from now on."

    public var mergeID: MergeID
    /// Who is left.
    public var uid: UID
    public var mergedUID: UID
    /// Every UID that resolves to `uid` by this merge: `mergedUID`, and whoever had been merged into it before.
    public var uids: [UID]
    /// The survivor's open lead and who has it; the other's open lead, if there were two, waits behind it.
    public var standing: StandingLead?
    public var hiddenLeadIDs: [LeadID]
    public var why: Why

    public init(
        mergeID: MergeID,
        uid: UID,
        mergedUID: UID,
        uids: [UID],
        standing: StandingLead?,
        hiddenLeadIDs: [LeadID],
        why: Why
    ) {
        self.mergeID = mergeID
        self.uid = uid
        self.mergedUID = mergedUID
        self.uids = uids
        self.standing = standing
        self.hiddenLeadIDs = hiddenLeadIDs
        self.why = why
    }

    public static var example: PersonMerged {
        PersonMerged(
            mergeID: Sample.merge,
            uid: Sample.uid,
            mergedUID: Sample.otherUID,
            uids: [Sample.otherUID],
            standing: StandingLead(leadID: Sample.lead, ownerID: Sample.agent, teamID: Sample.team),
            hiddenLeadIDs: [],
            why: Why(
                rule: "identity.by-hand",
                version: 1,
                inputs: ["evidence": "name-and-project"],
                otherwise: "Marked as different people, they would have stayed two."
            )
        )
    }
}

/// The lead of a person that somebody looks after.
public struct StandingLead: Codable, Sendable, Equatable {
    public var leadID: LeadID
    public var ownerID: StaffID?
    public var teamID: TeamID?

    public init(leadID: LeadID, ownerID: StaffID? = nil, teamID: TeamID? = nil) {
        self.leadID = leadID
        self.ownerID = ownerID
        self.teamID = teamID
    }
}
