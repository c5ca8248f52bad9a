import Crypto
import Foundation

/// What a request shows of its sender.
struct SenderProof: Sendable {
    /// The header that the rule names.
    var header: String?
    /// `timestamp`, `nonce` and `signature` of the address.
    var timestamp: String?
    var nonce: String?
    var signature: String?
    var body: [UInt8]
}

extension SignatureRule {
    /// So far a sender's clock may be from ours, where it signs a time: what is older may be a repetition by somebody else.
    static let clockTolerance: TimeInterval = 600

    /// Whether the request was signed with the secret; takes as long for a wrong signature as for the right one.
    ///
    /// What needs a channel's key is not judged here.
    func holds(for proof: SenderProof, secret: String?, now: Date) -> Bool {
        switch kind {
        case .none: return true
        case .key: return false
        case .hmac:
            guard let secret, !secret.isEmpty, let given = proof.header, given.hasPrefix(prefix ?? "") else {
                return false
            }
            let key = SymmetricKey(data: Array(secret.utf8))
            let known = HMAC<SHA256>.authenticationCode(for: proof.body, using: key)
            return ConstantTime.areEqual(Array(known), bytes(hex: given.dropFirst((prefix ?? "").count)))
        case .sorted:
            guard let secret, !secret.isEmpty, let timestamp = proof.timestamp, let nonce = proof.nonce,
                let signature = proof.signature, let seconds = Double(timestamp),
                abs(now.timeIntervalSince1970 - (seconds > 100_000_000_000 ? seconds / 1_000 : seconds))
                    <= SignatureRule.clockTolerance
            else { return false }
            let text = [secret, timestamp, nonce].sorted().joined()
            let known = Insecure.SHA1.hash(data: Array(text.utf8))
            return ConstantTime.areEqual(Array(known), bytes(hex: signature[...]))
        }
    }

    /// Nothing where it is not hexadecimal.
    private func bytes(hex: Substring) -> [UInt8] {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return [] }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return []
            }
            bytes.append(byte)
        }
        return bytes
    }
}
