public import struct Foundation.Date

/// An agent has spoken with, or tried to reach, a customer.
public struct ContactLogged: Contract {
    public static let name: MessageName = "sales.contact.logged.v1"
    public static let summary = "An agent logged a call, visit or message with a customer."

    public var contactID: ContactID
    public var uid: UID
    public var leadID: LeadID?
    public var staffID: StaffID
    /// `call`, `visit`, `wechat`, `sms`, `email`.
    public var kind: String
    /// Whether the person was really spoken with.
    public var isReached: Bool
    public var note: String?
    public var nextAction: String?
    public var nextAt: Date?
    public var contactedAt: Date

    public init(
        contactID: ContactID,
        uid: UID,
        leadID: LeadID? = nil,
        staffID: StaffID,
        kind: String,
        isReached: Bool,
        note: String? = nil,
        nextAction: String? = nil,
        nextAt: Date? = nil,
        contactedAt: Date
    ) {
        self.contactID = contactID
        self.uid = uid
        self.leadID = leadID
        self.staffID = staffID
        self.kind = kind
        self.isReached = isReached
        self.note = note
        self.nextAction = nextAction
        self.nextAt = nextAt
        self.contactedAt = contactedAt
    }

    public static var example: ContactLogged {
        ContactLogged(
            contactID: Sample.contact,
            uid: Sample.uid,
            leadID: Sample.lead,
            staffID: Sample.agent,
            kind: "call",
            isReached: true,
            note: "约周六看房",
            nextAction: "带看",
            nextAt: Sample.instant,
            contactedAt: Sample.instant
        )
    }
}
