import Foundation

extension Viewer {
    /// The full amount of so many minor units: ¥ 3,250,000, with decimals only where there are any.
    public func money(_ minor: Int64, _ currency: String) -> String {
        let digits = Self.decimals(currency)
        let unit = Int64(Self.power(digits))
        let magnitude = minor.magnitude
        var text = Grouping.thousands(String(magnitude / UInt64(unit)), isNegative: false)
        let rest = magnitude % UInt64(unit)
        if rest > 0 {
            let fraction = String(rest)
            text += "." + String(repeating: "0", count: digits - fraction.count) + fraction
        }
        return "\(minor < 0 ? "−" : "")\(Self.sign(currency))\u{00A0}\(text)"
    }

    /// The amount as people say it: 325 万 in Chinese, ¥ 3.25M in English; small ones in full.
    public func moneyShort(_ minor: Int64, _ currency: String) -> String {
        let amount = Double(minor) / Double(Self.power(Self.decimals(currency)))
        let sign = Self.sign(currency)
        switch language {
        case .chinese:
            if abs(amount) >= 100_000_000 {
                return "\(Self.short(amount / 100_000_000))\u{00A0}亿" + Self.unit(currency)
            }
            if abs(amount) >= 10_000 { return "\(Self.short(amount / 10_000))\u{00A0}万" + Self.unit(currency) }
        case .english:
            if abs(amount) >= 1_000_000 { return "\(sign)\u{00A0}\(Self.short(amount / 1_000_000))M" }
            if abs(amount) >= 10_000 { return "\(sign)\u{00A0}\(Self.short(amount / 1_000))K" }
        }
        return money(minor, currency)
    }

    /// Square metres: 89.5 m².
    public func area(_ squareMetres: Double) -> String {
        "\(Self.short(squareMetres))\u{00A0}m²"
    }

    private static func sign(_ currency: String) -> String {
        switch currency {
        case "CNY", "JPY": "¥"
        case "USD": "$"
        case "EUR": "€"
        case "GBP": "£"
        case "HKD": "HK$"
        default: currency
        }
    }

    /// In Chinese 万 alone means yuan; other currencies are named.
    private static func unit(_ currency: String) -> String {
        currency == "CNY" ? "" : " \(currency)"
    }

    private static func decimals(_ currency: String) -> Int {
        ["JPY", "KRW", "VND"].contains(currency) ? 0 : 2
    }

    private static func power(_ digits: Int) -> Int {
        digits == 0 ? 1 : 100
    }

    /// At most two decimals, none that are zero.
    private static func short(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        var text = Grouping.thousands(String(hundredths / 100), isNegative: false)
        let rest = hundredths % 100
        if rest > 0 {
            text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        }
        return (value < 0 && hundredths > 0 ? "−" : "") + text
    }
}

/// Groups of digits.
enum Grouping {
    static func thousands(_ digits: String, isNegative: Bool) -> String {
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (isNegative ? "−" : "") + grouped
    }
}
