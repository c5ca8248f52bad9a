/// Somebody who is not responsible for a customer had their numbers shown.
public struct CustomerUnmasked: Contract {
    public static let name: MessageName = "sales.customer.unmasked.v1"
    public static let summary = "The numbers and addresses of a customer were shown to somebody who is not responsible."

    public var uid: UID
    /// Who saw them.
    public var staffID: StaffID
    /// What they gave as the reason.
    public var reason: String
    /// Who answers for the customer; absent while nobody does.
    public var ownerID: StaffID?

    public init(uid: UID, staffID: StaffID, reason: String, ownerID: StaffID? = nil) {
        self.uid = uid
        self.staffID = staffID
        self.reason = reason
        self.ownerID = ownerID
    }

    public static var example: CustomerUnmasked {
        CustomerUnmasked(uid: Sample.uid, staffID: Sample.manager, reason: "客户来电找不到顾问", ownerID: Sample.agent)
    }
}
