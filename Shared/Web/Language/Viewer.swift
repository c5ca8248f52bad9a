public import Foundation

/// The words and formats of whoever looks: everything that a page says to people passes through here.
public struct Viewer: Sendable {
    let strings: Strings
    public let language: Language
    public let zone: TimeZone
    public let principal: Principal?
    /// The moment that "ago" and "in" are told from: the clock that the rules go by.
    public let now: Date

    public init(strings: Strings, language: Language, zone: TimeZone, principal: Principal?, now: Date) {
        self.strings = strings
        self.language = language
        self.zone = zone
        self.principal = principal
        self.now = now
    }

    /// The words for `key`; a variable `{name}` is replaced.
    public func text(_ key: String, _ variables: [String: String] = [:]) -> String {
        strings.text(key, in: language, variables)
    }

    /// The words for so many: the variable `{n}` is the number, and chooses between one and other.
    public func text(_ key: String, count: Int, _ variables: [String: String] = [:]) -> String {
        strings.text(key, in: language, variables.merging(["n": number(count)]) { given, _ in given })
    }

    /// The words for `prefix.name`, or the name itself where no glossary has it: for values that other services chose.
    public func word(_ prefix: String, _ name: String) -> String {
        strings.knows("\(prefix).\(name)") ? text("\(prefix).\(name)") : name
    }

    /// 1234567 → 1,234,567.
    public func number(_ value: Int) -> String {
        Grouping.thousands(String(abs(value)), isNegative: value < 0)
    }
}
