import Crypto
import Failures
import Foundation

/// The key under which numbers of identity documents are kept: only a digest is stored, which nobody can try numbers against
/// without the key.
struct DocumentKey: Sendable {
    private let key: SymmetricKey

    /// Nil for a secret that is too short to be one.
    init?(_ secret: String) {
        guard secret.utf8.count >= 16 else { return nil }
        key = SymmetricKey(data: Data(secret.utf8))
    }

    /// The identifier of a document number, however it is written.
    /// - Throws: a ``Rejection`` for what is no number of a document.
    func identifier(_ number: String) throws -> PersonIdentifier {
        let plain = number.precomposedStringWithCompatibilityMapping.uppercased().filter { $0.isLetter || $0.isNumber }
        guard (6...30).contains(plain.count), plain.contains(where: \.isNumber) else {
            throw Rejection.invalid(
                "document",
                "not-a-document-number",
                "document is the number of an identity document."
            )
        }
        let digest = HMAC<SHA256>.authenticationCode(for: Data(plain.utf8), using: key)
        return PersonIdentifier(kind: .document, value: digest.map { String(format: "%02x", $0) }.joined())
    }
}
