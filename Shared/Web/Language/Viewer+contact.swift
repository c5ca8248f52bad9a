import Foundation

extension Viewer {
    /// A phone number in E.164 as people write it: 138 1234 5678, or with its middle hidden 138 **** 5678.
    ///
    /// Numbers of other countries keep their prefix: +1 650 253 0000.
    public func phone(_ e164: String, masked: Bool) -> String {
        let digits = e164.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= 7 else { return masked ? "****" : e164 }
        if digits.hasPrefix("86"), digits.count == 13, digits.dropFirst(2).first == "1" {
            let local = Array(digits.dropFirst(2))
            let middle = masked ? "****" : String(local[3..<7])
            return "\(String(local[..<3])) \(middle) \(String(local[7...]))"
        }
        return "+" + (masked ? Self.hidden(digits) : Self.grouped(digits))
    }

    /// A mail address, or its first letter and its domain: z***@example.com.
    public func email(_ address: String, masked: Bool) -> String {
        guard masked else { return address }
        guard let at = address.lastIndex(of: "@"), let first = address.first, first != "@" else { return "***" }
        return "\(first)***\(address[at...])"
    }

    /// A WeChat id or any other handle: its first two letters.
    public func handle(_ text: String, masked: Bool) -> String {
        masked ? text.prefix(2) + "***" : text
    }

    private static func hidden(_ digits: String) -> String {
        let shown = digits.hasPrefix("1") ? 4 : 5
        return "\(groups(String(digits.prefix(shown)))) **** \(digits.suffix(2))"
    }

    private static func grouped(_ digits: String) -> String {
        groups(digits)
    }

    /// The country's prefix, then groups of three and a last of four.
    private static func groups(_ digits: String) -> String {
        let prefix = digits.hasPrefix("1") || digits.hasPrefix("7") ? 1 : digits.hasPrefix("852") ? 3 : 2
        var rest = digits.dropFirst(prefix)
        var parts = [String(digits.prefix(prefix))]
        while rest.count > 4 {
            parts.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        if !rest.isEmpty { parts.append(String(rest)) }
        return parts.joined(separator: " ")
    }
}
