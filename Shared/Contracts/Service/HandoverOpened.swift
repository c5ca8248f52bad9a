public import struct Foundation.Date

/// The hand-over of a unit waits to be done.
public struct HandoverOpened: Contract {
    public static let name: MessageName = "service.handover.opened.v1"
    public static let summary = "A hand-over was prepared from a signed contract."

    public var handoverID: HandoverID
    public var uid: UID
    public var contractID: SaleContractID
    public var project: String
    public var unitNumber: String
    public var dueAt: Date?

    public init(
        handoverID: HandoverID,
        uid: UID,
        contractID: SaleContractID,
        project: String,
        unitNumber: String,
        dueAt: Date? = nil
    ) {
        self.handoverID = handoverID
        self.uid = uid
        self.contractID = contractID
        self.project = project
        self.unitNumber = unitNumber
        self.dueAt = dueAt
    }

    public static var example: HandoverOpened {
        HandoverOpened(
            handoverID: Sample.handover,
            uid: Sample.uid,
            contractID: Sample.contract,
            project: "river-park",
            unitNumber: "3-1201",
            dueAt: Sample.instant
        )
    }
}
