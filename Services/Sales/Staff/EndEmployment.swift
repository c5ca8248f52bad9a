import Contracts
import Failures
import Messaging

/// Somebody leaves or comes back: who has left can neither sign in nor go on with a sign-in from before.
struct EndEmployment: Sendable {
    let spine: Spine

    func callAsFunction(of id: StaffID, isActive: Bool, cause: Cause) async throws -> Staff {
        guard cause.staffID != id else {
            throw Rejection(.conflict, "not-oneself", "Somebody else has to do this for you.")
        }
        return try await spine.perform(cause) { work in
            let store = StaffStore(work.tx)
            let isChanged = try await store.setActive(id, isActive)
            let staff = try await store.staff(id)
            if isChanged {
                try await store.appointManagers()
                try await work.publish(staff.changed, about: id)
            }
            return staff
        }
    }
}
