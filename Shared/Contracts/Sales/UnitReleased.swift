/// A unit is free again.
public struct UnitReleased: Contract {
    public static let name: MessageName = "sales.unit.released.v1"
    public static let summary = "The hold on a unit ended: it expired or was released."

    public var unitID: UnitID
    public var project: String
    /// Building and number as people say it.
    public var number: String
    public var dealID: DealID
    public var uid: UID
    /// Who had held it.
    public var staffID: StaffID
    /// `expired`, `released` or `deal-lost`.
    public var reason: String

    public init(
        unitID: UnitID,
        project: String,
        number: String,
        dealID: DealID,
        uid: UID,
        staffID: StaffID,
        reason: String
    ) {
        self.unitID = unitID
        self.project = project
        self.number = number
        self.dealID = dealID
        self.uid = uid
        self.staffID = staffID
        self.reason = reason
    }

    public static var example: UnitReleased {
        UnitReleased(
            unitID: Sample.unit,
            project: "river-park",
            number: "3-1201",
            dealID: Sample.deal,
            uid: Sample.uid,
            staffID: Sample.agent,
            reason: "expired"
        )
    }
}
