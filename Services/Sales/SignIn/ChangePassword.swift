import Contracts
import Failures
import Foundation
import Messaging

/// Somebody chooses another password; every sign-in of theirs from before ends, everywhere.
struct ChangePassword: Sendable {
    let spine: Spine
    let hasher: PasswordHasher
    let signIn: SignInPerson

    /// - Throws: ``Throttled`` after too many wrong ones, a ``Rejection`` for a wrong old password or a new one that the
    ///   ``PasswordRule`` refuses.
    func callAsFunction(
        of id: StaffID,
        from old: String,
        to new: String,
        at client: String?,
        cause: Cause
    ) async throws -> Staff {
        let before = try await spine.read { try await StaffStore($0).staff(id) }
        do {
            _ = try await signIn(email: before.email, password: old, at: client, cause: cause)
        } catch let rejection as Rejection where rejection.kind == .unauthorized {
            throw Rejection.invalid("old", "old-password-wrong", "The old password is wrong.")
        }
        try PasswordRule.check(new, old: old, of: before)
        let hash = try await hasher.hash(new)
        return try await spine.perform(cause) { work in
            let store = StaffStore(work.tx)
            try await store.setPassword(id, hash)
            let staff = try await store.staff(id)
            try await work.publish(staff.changed, about: id)
            return staff
        }
    }
}
