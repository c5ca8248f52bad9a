import Contracts

/// A member of staff, as far as the service desk needs to know them.
struct StaffMember: Sendable, Equatable {
    let id: StaffID
    let name: String
    /// As Sales names it: `service`, `supervisor`, `head`, `agent`…
    let role: String
    let isOnShift: Bool
    let isActive: Bool

    /// The roles that answer cases and hand units over.
    static let deskRoles = ["service", "supervisor", "head", "admin"]
}
