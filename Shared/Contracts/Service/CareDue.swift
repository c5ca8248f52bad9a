public import struct Foundation.Date

/// A customer is to be cared for.
public struct CareDue: Contract {
    public static let name: MessageName = "service.care.due.v1"
    public static let summary = "A step of a care plan is due: three months after hand-over, the decoration guide."

    public var uid: UID
    public var handoverID: HandoverID
    /// `decoration-guide`.
    public var step: String
    public var project: String
    public var unitNumber: String
    public var dueAt: Date
    public var why: Why

    public init(
        uid: UID,
        handoverID: HandoverID,
        step: String,
        project: String,
        unitNumber: String,
        dueAt: Date,
        why: Why
    ) {
        self.uid = uid
        self.handoverID = handoverID
        self.step = step
        self.project = project
        self.unitNumber = unitNumber
        self.dueAt = dueAt
        self.why = why
    }

    public static var example: CareDue {
        CareDue(
            uid: Sample.uid,
            handoverID: Sample.handover,
            step: "decoration-guide",
            project: "river-park",
            unitNumber: "3-1201",
            dueAt: Sample.instant,
            why: Sample.why
        )
    }
}
