import Failures
import Foundation
import Messaging

/// Checks who somebody is by mail address and password.
///
/// Whether the address exists can be told neither by the answer nor by the time it takes.
struct SignInPerson: Sendable {
    let spine: Spine
    let hasher: PasswordHasher

    /// `client` is the address of the browser or program.
    ///
    /// - Throws: ``Throttled`` after too many wrong passwords, a ``Rejection`` for a wrong one.
    func callAsFunction(email: String, password: String, at client: String?, cause: Cause) async throws -> Staff {
        let address = email.lowercased()
        guard address.utf8.count <= 254, (1...1_024).contains(password.utf8.count) else { throw Self.wrong }
        let attempt = SignInAttempt(email: address, client: client)
        try await count(attempt, cause)
        let found = try await spine.read { try await StaffStore($0).credentials(address) }
        guard try await hasher.matches(password, found?.hash), let staff = found?.staff, staff.isActive else {
            throw Self.wrong
        }
        try await spine.perform(cause) { work in
            let before = work.now.addingTimeInterval(-SignInThrottle.window)
            try await SignInStore(work.tx).forgive(attempt, before: before)
        }
        return staff
    }

    private func count(_ attempt: SignInAttempt, _ cause: Cause) async throws {
        try await spine.perform(cause) { work in
            let store = SignInStore(work.tx)
            let since = work.now.addingTimeInterval(-SignInThrottle.window)
            let attempts = try await store.attempts(attempt, since: since)
            if let wait = SignInThrottle.wait(person: attempts.person, place: attempts.place, now: work.now) {
                throw Throttled(retryAfterSeconds: wait)
            }
            try await store.add(attempt, at: work.now)
        }
    }

    private static let wrong = Rejection(
        .unauthorized,
        "wrong-credentials",
        "The mail address or the password is wrong."
    )
}
