import Contracts

/// A member of staff, as far as the service desk needs to know them.
struct StaffMember: Sendable, Equatable {
    let id: StaffID
    let name: String
    /// What Sales calls their work, such as `service` or `supervisor`.
    let role: String
    let isOnShift: Bool
    let isActive: Bool

    /// The roles that answer cases and hand units over.
    static let deskRoles = ["service", "supervisor", "head", "admin"]
}
