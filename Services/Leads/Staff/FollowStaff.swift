import Contracts
import Messaging

/// Keeps what Sales says of its people; who comes on shift gets what has waited, and whose agent left is given anew.
struct FollowStaff: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ staff: StaffChanged, sequence: Int64, _ work: Work) async throws {
        guard try await StaffStore(work.tx).save(staff, sequence: sequence) else { return }
        if !staff.isActive { try await place.unanswered(of: staff.staffID, work) }
        if staff.isActive, staff.isOnShift, staff.role == "agent" { try await place.fromPool(work) }
    }
}
