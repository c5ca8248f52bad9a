import Crypto

/// SHA-256, for telling bytes apart.
public enum Digest {
    /// 64 hexadecimal digits.
    public static func of(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }

    fileprivate static func text(_ hash: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in hash {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// SHA-256 of what arrives in pieces.
public struct RunningDigest: Sendable {
    private var hash = SHA256()

    public init() {}

    public mutating func add(_ bytes: [UInt8]) { hash.update(data: bytes) }

    /// 64 hexadecimal digits, of all that was added so far.
    public var text: String { Digest.text(hash.finalize()) }
}
