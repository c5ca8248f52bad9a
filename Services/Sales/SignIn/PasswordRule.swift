import Failures
import Foundation

/// What a password must be: at least twelve characters, of at least five kinds, and neither the old one nor the person's
/// own name or address.
///
/// Length is what makes guessing slow; rules about digits and signs only make people write passwords down.
enum PasswordRule {
    static let shortest = 12
    static let distinct = 5

    /// - Throws: a ``Rejection`` whose code says which part of the rule is not met.
    static func check(_ password: String, old: String, of staff: Staff) throws {
        let text = password.precomposedStringWithCanonicalMapping
        guard text.count >= shortest, text.utf8.count <= 1_024 else {
            throw refused(
                "password-too-short",
                "A password has at least \(shortest) characters, and 1,024 bytes at most."
            )
        }
        guard Set(text).count >= distinct else {
            throw refused("password-too-plain", "A password has at least \(distinct) different characters.")
        }
        guard password != old else { throw refused("password-unchanged", "The new password is the old one.") }
        let plain = text.lowercased()
        let mailbox = String(staff.email.prefix { $0 != "@" })
        let own = [mailbox, staff.email, staff.name.lowercased()].filter { $0.count >= 3 }
        guard !own.contains(where: plain.contains) else {
            throw refused("password-names-you", "A password does not contain your name or address.")
        }
    }

    private static func refused(_ code: String, _ message: String) -> Rejection {
        Rejection.invalid("new", code, message)
    }
}
