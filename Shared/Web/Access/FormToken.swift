import Crypto
import Foundation

/// What a form carries to show that our own page made it for this browser: an HMAC keyed by the session's secret.
public enum FormToken {
    private static let purpose = Data("lintel form v1".utf8)

    /// The token for the value of a session or visitor cookie.
    public static func of(_ secret: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: purpose, using: key(secret))).base64URL
    }

    static func isValid(_ token: String, for secret: String) -> Bool {
        guard !secret.isEmpty, let code = Data(base64URL: token) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: purpose, using: key(secret))
    }

    private static func key(_ secret: String) -> SymmetricKey {
        SymmetricKey(data: Data(secret.utf8))
    }
}
