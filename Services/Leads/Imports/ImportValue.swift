import Contracts
import Foundation

/// Reads what people write into the cells of a spreadsheet.
///
/// Pure; nil where a cell cannot be meant.
enum ImportValue {
    /// `350万`, `300-450万`, `3,500,000`, `3.5m`: in the currency's minor unit.
    ///
    /// A bare number is in the unit that the header names (`预算(万)`), else in yuan.
    static func budget(_ cell: String, header: String) -> MoneyRange? {
        let unit = factor(of: header) ?? 1
        guard let range = range(cell, unit: unit) else { return nil }
        let minor = [range.low, range.high].map { $0.map { ($0 * 100).rounded() } }
        guard minor.allSatisfy({ $0.map { $0 >= 0 && $0 <= 1e15 } ?? true }) else { return nil }
        return MoneyRange(min: minor[0].map { Int64($0) }, max: minor[1].map { Int64($0) }, currency: "CNY")
    }

    /// `89-120㎡`, `100 平米`: square metres.
    static func area(_ cell: String) -> AreaRange? {
        guard let range = range(cell, unit: 1) else { return nil }
        return AreaRange(min: range.low, max: range.high)
    }

    /// `2026-11-22`, `2026/11/22 9:05`, `2026年11月22日`, an RFC 3339 instant; without an offset in the zone given.
    static func date(_ cell: String, in zone: TimeZone) -> Date? {
        if let instant = Wire.date(from: cell) { return instant }
        let numbers = cell.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        guard (3...6).contains(numbers.count), (1970...2100).contains(numbers[0]) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let wanted = numbers + Array(repeating: 0, count: 6 - numbers.count)
        let parts = DateComponents(
            year: wanted[0],
            month: wanted[1],
            day: wanted[2],
            hour: wanted[3],
            minute: wanted[4],
            second: wanted[5]
        )
        // A calendar makes the 2nd of March of the 30th of February: nobody means that.
        guard let date = calendar.date(from: parts) else { return nil }
        let found = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let told = [found.year, found.month, found.day, found.hour, found.minute, found.second]
        return told == wanted ? date : nil
    }

    /// Yes and no, as people write them.
    static func consent(_ cell: String) -> Consent? {
        let word = cell.lowercased()
        if ["是", "同意", "y", "yes", "true", "1", "✓", "√"].contains(word) {
            return Consent(sms: true, email: true, call: true)
        }
        if ["否", "不同意", "拒绝", "n", "no", "false", "0", "✗", "×"].contains(word) {
            return Consent(sms: false, email: false, call: false)
        }
        return nil
    }

    /// `3个月内`, `半年`, `3m`, `立即`: within so many months.
    static func timeframe(_ cell: String) -> String? {
        let word = cell.lowercased()
        if ["1m", "3m", "6m", "12m"].contains(word) { return word }
        if ["立即", "马上", "尽快", "now", "asap"].contains(where: word.contains) { return "1m" }
        if word.contains("半年") { return "6m" }
        if ["一年", "1年", "12个月", "year"].contains(where: word.contains) { return "12m" }
        guard word.contains("月") || word.contains("month"), let months = numbers(word).last else { return nil }
        return [1, 3, 6, 12].first { Double($0) >= months }.map { "\($0)m" }
    }

    static func purpose(_ cell: String) -> String? {
        let word = cell.lowercased()
        if ["buy", "买", "购"].contains(where: word.contains) { return "buy" }
        return ["rent", "租"].contains(where: word.contains) ? "rent" : nil
    }

    /// Several values in one cell.
    static func list(_ cell: String) -> [String] {
        cell.split { "/;,、;,|\n".contains($0) }.map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    private static func range(_ cell: String, unit: Double) -> (low: Double?, high: Double?)? {
        let text = cell.lowercased()
        let found = numbers(text)
        let factor = factor(of: text) ?? unit
        guard (1...2).contains(found.count), text.count < 60 else { return nil }
        let values = found.map { $0 * factor }.sorted()
        if values.count == 2 { return (values[0], values[1]) }
        if ["以上", "起", "+", ">", "over"].contains(where: text.contains) { return (values[0], nil) }
        if ["以下", "以内", "内", "<", "under"].contains(where: text.contains) { return (nil, values[0]) }
        return (values[0], values[0])
    }

    private static func factor(of text: String) -> Double? {
        let text = text.lowercased()
        if text.contains("亿") { return 100_000_000 }
        if text.contains("万") || text.hasSuffix("w") { return 10_000 }
        if text.hasSuffix("m") && text.dropLast().last?.isNumber == true { return 1_000_000 }
        return nil
    }

    /// Every number in a text, without the signs that group its digits; 万 and its like count as signs.
    private static func numbers(_ text: String) -> [Double] {
        let signs = Array(text.unicodeScalars)
        func isDigit(_ index: Int) -> Bool { signs.indices.contains(index) && ("0"..."9").contains(signs[index]) }
        var numbers: [Double] = []
        var digits = ""
        for (index, sign) in signs.enumerated() {
            if isDigit(index) || (sign == "." && isDigit(index - 1) && isDigit(index + 1)) {
                digits.unicodeScalars.append(sign)
            } else if sign == ",", isDigit(index - 1), (1...3).allSatisfy({ isDigit(index + $0) }) {
                continue
            } else {
                numbers += Double(digits).map { [$0] } ?? []
                digits = ""
            }
        }
        return numbers + (Double(digits).map { [$0] } ?? [])
    }
}
