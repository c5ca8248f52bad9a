import Crypto
import Foundation

/// A password as it is kept: `scrypt$<rounds>$<block size>$<parallelism>$<salt>$<key>`, salt and key in base 64.
///
/// The parameters stand beside the key, so that the cost can rise without locking anybody out.
struct PasswordHash: Sendable, Equatable {
    let text: String

    init(text: String) { self.text = text }

    init(_ parameters: Parameters, salt: Data, key: SymmetricKey) {
        let raw = key.withUnsafeBytes { Data($0) }
        text = [
            "scrypt", "\(parameters.rounds)", "\(parameters.blockSize)", "\(parameters.parallelism)",
            salt.base64EncodedString(), raw.base64EncodedString(),
        ].joined(separator: "$")
    }

    /// What makes guessing slow.
    struct Parameters: Sendable, Equatable {
        var rounds = 1 << 14
        var blockSize = 8
        var parallelism = 1
    }

    /// The parts, or nil when the text is not one of ours.
    var parts: (parameters: Parameters, salt: Data, key: SymmetricKey)? {
        let fields = text.split(separator: "$").map(String.init)
        guard fields.count == 6, fields[0] == "scrypt", let rounds = Int(fields[1]), let block = Int(fields[2]),
            let parallelism = Int(fields[3]), let salt = Data(base64Encoded: fields[4]),
            let key = Data(base64Encoded: fields[5])
        else { return nil }
        let parameters = Parameters(rounds: rounds, blockSize: block, parallelism: parallelism)
        return (parameters, salt, SymmetricKey(data: key))
    }
}
