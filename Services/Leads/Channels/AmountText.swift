import Failures

/// Amounts as people type them: `1,234.50` or `1234.5`, in the currency's major unit.
enum AmountText {
    /// - Throws: a ``Rejection`` that names the field.
    static func minor(_ text: String, field: String) throws -> Int64 {
        let plain = text.filter { $0 != "," && $0 != " " && $0 != "，" }
        guard let match = plain.wholeMatch(of: /([0-9]{1,12})(?:\.([0-9]{1,2}))?/), let whole = Int64(match.1) else {
            throw Rejection.invalid(field, "not-an-amount", "\(field) is an amount such as 1234.50, not negative.")
        }
        let cents = match.2.map { $0.count == 1 ? "\($0)0" : String($0) } ?? "0"
        return whole * 100 + (Int64(cents) ?? 0)
    }

    static func text(_ minor: Int64) -> String {
        let rest = minor % 100
        return rest == 0 ? "\(minor / 100)" : "\(minor / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
