import Contracts
import Messaging

/// Keeps what Sales says of its people; who comes on shift gets what has waited, and whose agent has left goes to others.
struct FollowStaff: Sendable {
    let place: PlaceLeads
    let attendance: WatchAttendance
    /// Ends what they have open: it goes by a sign-in that may not count any more.
    let dismiss: @Sendable (StaffID) -> Void

    func callAsFunction(_ staff: StaffChanged, sequence: Int64, _ work: Work) async throws {
        guard try await StaffStore(work.tx).save(staff, sequence: sequence) else { return }
        work.afterCommit { dismiss(staff.staffID) }
        try await attendance.changed(staff, work)
        if !staff.isActive { try await attendance.left(staff.staffID, work) }
        if staff.isActive, staff.isOnShift, staff.role == "agent" { try await place.fromPool(work) }
    }

    /// Who works here, from what Sales has told; whose turn it is to get leads is a fact of ours.
    static let projection = Projection(
        "staff",
        in: [ProjectionTable("staff")],
        scratch: ["rotation"],
        hearing: [
            .on(StaffChanged.self) { arrival, work in
                _ = try await StaffStore(work.tx).save(arrival.message, sequence: arrival.envelope.sequence ?? 0)
            }
        ]
    )
}
