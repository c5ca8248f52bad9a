public import struct Foundation.Date

/// The customer lives here now.
public struct HandoverCompleted: Contract {
    public static let name: MessageName = "service.handover.completed.v1"
    public static let summary = "The keys of a unit were handed over."

    public var handoverID: HandoverID
    public var uid: UID
    public var contractID: SaleContractID
    public var project: String
    public var unitNumber: String
    public var staffID: StaffID?
    public var completedAt: Date

    public init(
        handoverID: HandoverID,
        uid: UID,
        contractID: SaleContractID,
        project: String,
        unitNumber: String,
        staffID: StaffID? = nil,
        completedAt: Date
    ) {
        self.handoverID = handoverID
        self.uid = uid
        self.contractID = contractID
        self.project = project
        self.unitNumber = unitNumber
        self.staffID = staffID
        self.completedAt = completedAt
    }

    public static var example: HandoverCompleted {
        HandoverCompleted(
            handoverID: Sample.handover,
            uid: Sample.uid,
            contractID: Sample.contract,
            project: "river-park",
            unitNumber: "3-1201",
            staffID: Sample.agent,
            completedAt: Sample.instant
        )
    }
}
