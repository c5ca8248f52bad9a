import Contracts
import Failures

/// One thing that a segment asks of people.
struct SegmentTest: Codable, Sendable, Equatable {
    /// What is looked at; tags are `tag.<key>`.
    enum Field: String, Sendable, CaseIterable {
        // Of leads: one lead of the person answers to all of these; where the opposite is asked, none of their leads does.
        case grade
        case status
        case channel
        /// As the channel named it.
        case campaign
        case project
        // Of the person.
        /// Something has happened with them within so many days, about whichever of their leads: they enquired, were spoken
        /// with, or somebody tried to.
        case activeWithinDays = "active-within-days"
        /// Nothing of that has, for so many days.
        case quietForDays = "quiet-for-days"
        /// How far they have come.
        case stage
        case bought
        /// Marketing by text, which is what segments are written to with.
        case smsAllowed = "sms-allowed"
        case emailAllowed = "email-allowed"

        /// A number of days, or nothing at all, instead of words.
        var takes: Value {
            switch self {
            case .activeWithinDays, .quietForDays: .days
            case .bought, .smsAllowed, .emailAllowed: .nothing
            case .grade, .status, .channel, .campaign, .project, .stage: .words
            }
        }
    }

    enum Value: Sendable { case words, days, nothing }

    var field: String
    /// Any of them suffices.
    var values: [String]
    /// The opposite is asked: of leads, that none of the person's is so.
    var isNot: Bool

    init(_ field: String, _ values: [String] = [], isNot: Bool = false) {
        self.field = field
        self.values = values
        self.isNot = isNot
    }

    init(_ field: Field, _ values: String..., isNot: Bool = false) {
        self.init(field.rawValue, values, isNot: isNot)
    }

    var known: Field? { Field(rawValue: field) }

    /// The key of the tag that is looked at.
    var tagKey: String? { field.hasPrefix("tag.") ? String(field.dropFirst("tag.".count)) : nil }

    /// The one tag that is asked for, where it is one.
    var tag: (key: String, value: String)? {
        guard let tagKey, !isNot, values.count == 1 else { return nil }
        return (tagKey, values[0])
    }

    var days: Int? { values.first.flatMap { Int($0) } }

    /// What cannot be meant, if anything.
    func objection(_ path: String) -> Rejection? {
        if let tagKey {
            guard tagKey.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,39}/) != nil else {
                return .invalid(path, "unknown-field", "A tag is small letters, digits and hyphens.")
            }
            return nil
        }
        switch known?.takes {
        case nil:
            let fields = Field.allCases.map(\.rawValue).joined(separator: ", ")
            return .invalid(path, "unknown-field", "field is tag.<key> or one of \(fields).")
        case .nothing: return nil
        case .days:
            return days.map { (1...3_650).contains($0) } == true
                ? nil : .invalid(path, "out-of-range", "\(field) is a number of days from 1 to 3650.")
        case .words:
            if known == .stage, let odd = values.first(where: { LifeStage(rawValue: $0) == nil }) {
                let stages = LifeStage.allCases.map(\.rawValue).joined(separator: ", ")
                return .invalid(path, "unknown-stage", "\(odd) is no stage; there are \(stages).")
            }
            return values.isEmpty ? .invalid(path, "missing", "\(field) names at least one value.") : nil
        }
    }

    static let testsAtMost = 12

    /// What is wrong with the tests of a segment, if anything is.
    static func objection(to tests: [SegmentTest]) -> Rejection? {
        guard !tests.isEmpty, tests.count <= testsAtMost else {
            return .invalid("tests", "out-of-range", "A segment has 1 to \(testsAtMost) conditions.")
        }
        return tests.enumerated().compactMap { $1.objection("tests/\($0)") }.first
    }
}
