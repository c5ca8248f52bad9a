/// A statement whose interpolated values are bound, never pasted.
///
/// ```swift
/// let sql: SQL = "SELECT id FROM leads WHERE uid = \(uid) AND status = ANY(\(statuses))"
/// ```
/// Every `\(…)` becomes `$n`. There is no interpolation for raw text; statements that vary are put together from
/// `SQL` values with `+`.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    var parts: [String]
    var values: [any PostgresBindable]

    public init(stringLiteral value: String) {
        parts = [value]
        values = []
    }

    public init(stringInterpolation: Interpolation) {
        parts = stringInterpolation.parts
        values = stringInterpolation.values
    }

    /// Text and bound values in the order they were written.
    public struct Interpolation: StringInterpolationProtocol {
        var parts = [""]
        var values: [any PostgresBindable] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { parts[parts.count - 1] += literal }

        public mutating func appendInterpolation(_ value: some PostgresBindable) {
            values.append(value)
            parts.append("")
        }

        /// A value that may be missing: NULL. (Of its own, so that the compiler does not take it for an oversight.)
        public mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value?) {
            values.append(value)
            parts.append("")
        }

        /// A piece of SQL with its own values.
        public mutating func appendInterpolation(_ sql: SQL) {
            parts[parts.count - 1] += sql.parts[0]
            values += sql.values
            parts += sql.parts.dropFirst()
        }
    }

    public static func + (left: SQL, right: SQL) -> SQL { "\(left)\(right)" }
}

extension SQL {
    /// The text with `$1`, `$2`… where the values go.
    var text: String {
        guard parts.count > 1 else { return parts[0] }
        var text = parts[0]
        for (index, part) in parts.dropFirst().enumerated() {
            text += "$"
            text += String(index + 1)
            text += part
        }
        return text
    }

    /// A name as SQL writes it: in double quotes, which nothing in it can end.
    static func quoted(_ name: String) -> String {
        var quoted = "\""
        for character in name.unicodeScalars {
            if character == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
