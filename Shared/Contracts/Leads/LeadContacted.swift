public import struct Foundation.Date

/// Somebody has spoken with the person of a lead for the first time.
public struct LeadContacted: Contract {
    public static let name: MessageName = "leads.lead.contacted.v1"
    public static let summary = "The first human contact with the person of a lead stopped its first-response clock."

    public var leadID: LeadID
    public var uid: UID
    public var staffID: StaffID
    public var contactedAt: Date
    /// From receipt to contact, in seconds.
    public var responseSeconds: Int
    public var isWithinTarget: Bool

    public init(
        leadID: LeadID,
        uid: UID,
        staffID: StaffID,
        contactedAt: Date,
        responseSeconds: Int,
        isWithinTarget: Bool
    ) {
        self.leadID = leadID
        self.uid = uid
        self.staffID = staffID
        self.contactedAt = contactedAt
        self.responseSeconds = responseSeconds
        self.isWithinTarget = isWithinTarget
    }

    public static var example: LeadContacted {
        LeadContacted(
            leadID: Sample.lead,
            uid: Sample.uid,
            staffID: Sample.agent,
            contactedAt: Sample.instant,
            responseSeconds: 212,
            isWithinTarget: true
        )
    }
}
