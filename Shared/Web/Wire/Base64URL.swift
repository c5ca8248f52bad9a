import Foundation

extension Data {
    /// The bytes in base64url without padding (RFC 4648, section 5).
    var base64URL: String {
        var text = base64EncodedString()
        text.replace("+", with: "-")
        text.replace("/", with: "_")
        text.replace("=", with: "")
        return text
    }

    init?(base64URL text: some StringProtocol) {
        var plain = String(text)
        plain.replace("-", with: "+")
        plain.replace("_", with: "/")
        plain += String(repeating: "=", count: (4 - plain.count % 4) % 4)
        self.init(base64Encoded: plain)
    }
}
