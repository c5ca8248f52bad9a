public import Foundation

/// Two who were said to be different people may be one after all.
public struct PinLifted: Contract {
    public static let name: MessageName = "leads.person.pin_lifted.v1"
    public static let isPublished = false
    public static let summary = "A manager took back that two are different people: they may be joined again."

    public var uid: UID
    public var otherUID: UID
    /// `mistake`, `new-evidence`, `other`.
    public var reason: String
    /// When somebody had said that they are different.
    public var pinnedAt: Date

    public init(uid: UID, otherUID: UID, reason: String, pinnedAt: Date) {
        self.uid = uid
        self.otherUID = otherUID
        self.reason = reason
        self.pinnedAt = pinnedAt
    }

    public static var example: PinLifted {
        PinLifted(uid: Sample.uid, otherUID: Sample.otherUID, reason: "mistake", pinnedAt: Sample.instant)
    }
}
