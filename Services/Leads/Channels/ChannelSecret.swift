import Crypto
import Foundation

/// A key or password that is shown once; only digests of it are kept.
struct ChannelSecret: Sendable {
    let text: String

    /// 32 random bytes in base64url.
    static func random() -> ChannelSecret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return ChannelSecret(
            text: bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=",
                with: ""
            )
        )
    }

    /// What tells it from other keys without giving it away.
    var hint: String { String(text.suffix(4)) }

    /// As RabbitMQ keeps a password: four random bytes, then the SHA-256 of them and the password, in base64.
    func brokerHash(salt: [UInt8] = (0..<4).map { _ in UInt8.random(in: .min ... .max) }) -> String {
        let digest = SHA256.hash(data: salt + Array(text.utf8))
        return Data(salt + Array(digest)).base64EncodedString()
    }
}

/// Compares without telling by the time it takes how much is right.
enum ConstantTime {
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
