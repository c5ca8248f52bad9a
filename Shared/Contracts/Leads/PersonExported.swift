/// All that is held about a person was handed out.
public struct PersonExported: Contract {
    public static let name: MessageName = "leads.person.exported.v1"
    public static let summary = "Somebody took out all that is held about a person; who, is the actor."

    public var uid: UID
    public var staffID: StaffID

    public init(uid: UID, staffID: StaffID) {
        self.uid = uid
        self.staffID = staffID
    }

    public static var example: PersonExported { PersonExported(uid: Sample.uid, staffID: Sample.manager) }
}
