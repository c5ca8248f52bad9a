/// All that Sales holds of a person was handed out.
public struct SalesPersonExported: Contract {
    public static let name: MessageName = "sales.person.exported.v1"
    public static let isPublished = false
    public static let summary = "Somebody took out all that Sales holds of a person; who, is the actor."

    public var uid: UID
    public var staffID: StaffID

    public init(uid: UID, staffID: StaffID) {
        self.uid = uid
        self.staffID = staffID
    }

    public static var example: Self { Self(uid: Sample.uid, staffID: Sample.manager) }
}

/// All that Service holds of a person was handed out.
public struct ServicePersonExported: Contract {
    public static let name: MessageName = "service.person.exported.v1"
    public static let isPublished = false
    public static let summary = "Somebody took out all that Service holds of a person; who, is the actor."

    public var uid: UID
    public var staffID: StaffID

    public init(uid: UID, staffID: StaffID) {
        self.uid = uid
        self.staffID = staffID
    }

    public static var example: Self { Self(uid: Sample.uid, staffID: Sample.manager) }
}

/// All that Notify holds of a person was handed out.
public struct NotifyPersonExported: Contract {
    public static let name: MessageName = "notify.person.exported.v1"
    public static let isPublished = false
    public static let summary = "Somebody took out all that Notify holds of a person; who, is the actor."

    public var uid: UID
    public var staffID: StaffID

    public init(uid: UID, staffID: StaffID) {
        self.uid = uid
        self.staffID = staffID
    }

    public static var example: Self { Self(uid: Sample.uid, staffID: Sample.manager) }
}
