import Failures

/// How what a platform posts becomes submissions.
struct AdapterSettings: Codable, Sendable, Equatable {
    var platform: Platform
    var signature: SignatureRule
    /// Where the leads are in what is posted: `entry/*/changes/*/value`; empty for the whole of it.
    var items: String
    var fields: [FieldRule]
    /// A field that people do not see and so leave empty.
    var honeypot: String?
    /// The sites whose pages may post from a browser.
    var origins: [String]
    /// The file that the access token is in, where it is not stored.
    var tokenFile: String?

    enum Platform: String, Codable, Sendable, CaseIterable {
        /// A form of a website, posted by the browser or by the site's server.
        case form
        /// Meta's lead ads.
        case meta
        /// 巨量引擎.
        case oceanEngine = "ocean-engine"
        /// 腾讯广告.
        case tencent

        /// Whether whoever posts is a person's browser, who wants to know what was wrong.
        var isDirect: Bool { self == .form }
    }
}

/// One field of a platform, and what it means to us.
struct FieldRule: Codable, Sendable, Equatable {
    /// A path in the lead (`address/city`, `field_data/full_name`); with a slash before it, in the whole payload.
    var from: String
    /// A field of the intake contract: one of ``FieldTarget``.
    var to: String
}

/// How a platform shows that it is the sender.
struct SignatureRule: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        /// Not at all: a browser cannot keep a secret.
        case none
        /// A key of the channel, in `X-Channel-Key` or as `key` in the address.
        case key
        /// HMAC-SHA256 of the body, in hexadecimal, in a header.
        case hmac = "hmac-sha256"
        /// SHA-1 of secret, `timestamp` and `nonce`, sorted and joined, as `signature` in the address.
        case sorted = "sorted-sha1"
    }

    var kind: Kind
    var header: String?
    /// What stands before the digest in the header: `sha256=`.
    var prefix: String?
}

extension [FieldRule] {
    /// The rules as people write them: `leads_tel -> person/phones`, one a line.
    /// - Throws: a ``Rejection`` that names the line.
    init(text: String) throws {
        self = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line).trimmed
            if line.isEmpty { continue }
            let sides = line.split(separator: "->", maxSplits: 1).map { String($0).trimmed }
            guard sides.count == 2, !sides[0].isEmpty else {
                throw Rejection.invalid(
                    "fields",
                    "not-a-mapping",
                    "Line \(index + 1) is not of the form field -> meaning."
                )
            }
            guard FieldTarget(sides[1]) != nil else {
                throw Rejection.invalid("fields", "unknown-target", "Line \(index + 1): there is no field \(sides[1]).")
            }
            append(FieldRule(from: sides[0], to: sides[1]))
        }
        guard count <= 100 else { throw Rejection.invalid("fields", "too-many", "At most 100 fields are mapped.") }
    }

    var text: String { map { "\($0.from) -> \($0.to)" }.joined(separator: "\n") }
}
