import Contracts
import Crypto
import Foundation

/// Signs the addresses that receipts are reported to, so that nobody but the gateway can report one.
struct ReceiptKeys: Sendable {
    private let secret: SymmetricKey

    /// The secret is derived from the gateway's password, which both sides keep already.
    init(password: String, for use: String = "lintel sms receipts") {
        secret = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(
                for: Data(use.utf8),
                using: SymmetricKey(data: Data(password.utf8))
            )
        )
    }

    func key(for message: MessageID, attempt: Int) -> String {
        HMAC<SHA256>.authenticationCode(for: Self.text(message, attempt), using: secret)
            .prefix(16).map { byte in byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16) }.joined()
    }

    /// Compares in the same time whatever is wrong.
    func isGenuine(_ key: String, for message: MessageID, attempt: Int) -> Bool {
        let expected = Array(self.key(for: message, attempt: attempt).utf8)
        let given = Array(key.utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func text(_ message: MessageID, _ attempt: Int) -> Data { Data("\(message)|\(attempt)".utf8) }
}
