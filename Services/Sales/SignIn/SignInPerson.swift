import Failures
import Foundation
import Messaging

/// Checks who somebody is by mail address and password.
///
/// Whether the address exists can be told neither by the answer nor by the time it takes.
struct SignInPerson: Sendable {
    let spine: Spine
    let hasher: PasswordHasher

    /// - Throws: ``Throttled`` after too many wrong passwords, a ``Rejection`` for a wrong one.
    func callAsFunction(email: String, password: String, cause: Cause) async throws -> Staff {
        let address = email.lowercased()
        guard address.utf8.count <= 254, (1...1_024).contains(password.utf8.count) else { throw Self.wrong }
        try await countAttempt(address, cause)
        let found = try await spine.read { try await StaffStore($0).credentials(address) }
        guard try await hasher.matches(password, found?.hash), let staff = found?.staff, staff.isActive else {
            throw Self.wrong
        }
        try await spine.perform(cause) { work in
            let before = work.now.addingTimeInterval(-SignInThrottle.window)
            try await SignInStore(work.tx).forgive(address, before: before)
        }
        return staff
    }

    private func countAttempt(_ address: String, _ cause: Cause) async throws {
        try await spine.perform(cause) { work in
            let store = SignInStore(work.tx)
            let since = work.now.addingTimeInterval(-SignInThrottle.window)
            let attempts = try await store.attempts(address, since: since)
            if let wait = SignInThrottle.wait(after: attempts, now: work.now) {
                throw Throttled(retryAfterSeconds: wait)
            }
            try await store.add(address, at: work.now)
        }
    }

    private static let wrong = Rejection(
        .unauthorized,
        "wrong-credentials",
        "The mail address or the password is wrong."
    )
}
