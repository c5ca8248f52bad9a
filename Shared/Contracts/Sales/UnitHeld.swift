public import struct Foundation.Date

/// A unit is held.
public struct UnitHeld: Contract {
    public static let name: MessageName = "sales.unit.held.v1"
    public static let summary = "A unit is held for a deal until an instant."

    public var unitID: UnitID
    public var project: String
    /// Building and number as people say it.
    public var number: String
    public var dealID: DealID
    public var uid: UID
    public var staffID: StaffID
    public var expiresAt: Date

    public init(
        unitID: UnitID,
        project: String,
        number: String,
        dealID: DealID,
        uid: UID,
        staffID: StaffID,
        expiresAt: Date
    ) {
        self.unitID = unitID
        self.project = project
        self.number = number
        self.dealID = dealID
        self.uid = uid
        self.staffID = staffID
        self.expiresAt = expiresAt
    }

    public static var example: UnitHeld {
        UnitHeld(
            unitID: Sample.unit,
            project: "river-park",
            number: "3-1201",
            dealID: Sample.deal,
            uid: Sample.uid,
            staffID: Sample.agent,
            expiresAt: Sample.instant
        )
    }
}
