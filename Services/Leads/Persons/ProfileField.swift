import Failures

/// What can be known of a person besides how they are reached.
enum ProfileField: String, Sendable, CaseIterable, Hashable {
    case name
    case language
    case gender
    case birthYear = "birth-year"
    case family
    case occupation
    case employer
    /// Yuan a year.
    case income
    case home

    /// What a value of the field may be.
    enum Form: Sendable {
        case text(atMost: Int)
        case whole(ClosedRange<Int>)
        case choice([String])
    }

    /// Whether what was told first holds among equals: a name is more easily filled in badly than it changes.
    var isSteadfast: Bool {
        switch self {
        case .name, .language, .gender, .birthYear: true
        default: false
        }
    }

    var form: Form {
        switch self {
        case .name, .occupation, .employer, .home: .text(atMost: 100)
        case .language: .choice(["zh", "en"])
        case .gender: .choice(["female", "male", "other"])
        case .birthYear: .whole(1900...2100)
        case .family: .choice(["single", "couple", "young-children", "school-children", "grown-children", "parents"])
        case .income: .whole(0...1_000_000_000)
        }
    }

    /// A value as it is kept; nil for none.
    /// - Throws: a ``Rejection`` that names the field and what it may be.
    func value(_ text: String?) throws -> String? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        switch form {
        case .text(let limit):
            guard !text.isLonger(than: limit) else {
                throw Rejection.invalid(rawValue, "too-long", "\(rawValue) has at most \(limit) characters.")
            }
            return text.withoutNUL
        case .whole(let range):
            guard let number = Int(text), range.contains(number) else {
                throw Rejection.invalid(
                    rawValue,
                    "out-of-range",
                    "\(rawValue) is a whole number from \(range.lowerBound) to \(range.upperBound)."
                )
            }
            return String(number)
        case .choice(let choices):
            guard choices.contains(text) else {
                throw Rejection.invalid(
                    rawValue,
                    "unknown-choice",
                    "\(rawValue) is one of \(choices.joined(separator: ", "))."
                )
            }
            return text
        }
    }
}
