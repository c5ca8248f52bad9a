import Contracts
import Messaging

/// Somebody goes on or off shift: only those on shift are given leads.
struct ChangeShift: Sendable {
    let spine: Spine

    func callAsFunction(of id: StaffID, isOnShift: Bool, cause: Cause) async throws -> Staff {
        try await spine.perform(cause) { work in
            let store = StaffStore(work.tx)
            let isChanged = try await store.setShift(id, isOnShift: isOnShift)
            let staff = try await store.staff(id)
            if isChanged { try await work.publish(staff.changed, about: id) }
            return staff
        }
    }
}
