/// All that a service besides Leads holds of a person was handed out.
///
/// Each service says it of itself, under a name of its own; the others need not hear of it.
public struct PersonHandedOut<Holder: PersonHolder>: Contract {
    public static var name: MessageName { Holder.handedOut }
    public static var isPublished: Bool { false }
    public static var summary: String {
        "Somebody took out all that \(Holder.service) holds of a person; who, is the actor."
    }

    public var uid: UID
    public var staffID: StaffID

    public init(uid: UID, staffID: StaffID) {
        self.uid = uid
        self.staffID = staffID
    }

    public static var example: Self { Self(uid: Sample.uid, staffID: Sample.manager) }
}

/// A service that hands out what it holds of a person.
public protocol PersonHolder: Sendable {
    /// The event's name on the wire.
    static var handedOut: MessageName { get }
    /// What the service is called.
    static var service: String { get }
}

/// Sales, which holds contacts, deals and contracts.
public enum SalesHolder: PersonHolder {
    public static let handedOut: MessageName = "sales.person.exported.v1"
    public static let service = "Sales"
}

/// Service, which holds purchases, hand-overs and cases.
public enum ServiceHolder: PersonHolder {
    public static let handedOut: MessageName = "service.person.exported.v1"
    public static let service = "Service"
}

/// Notify, which holds what was written to people.
public enum NotifyHolder: PersonHolder {
    public static let handedOut: MessageName = "notify.person.exported.v1"
    public static let service = "Notify"
}
