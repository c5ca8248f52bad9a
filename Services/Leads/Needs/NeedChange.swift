import Contracts
import Failures
import Foundation

/// What somebody of ours says that a person wants, beside what they saw of it: only what is different is changed.
struct NeedChange: Sendable, Equatable {
    /// As it was shown to them; nil where all that is known is to be as they say.
    var seen: Need?
    let wanted: Need

    /// What is wanted then, where it is `known` by now.
    func applied(to known: Need) -> Need {
        guard let seen else { return wanted }
        func field<Value: Equatable>(_ path: WritableKeyPath<Need, Value>) -> Value {
            wanted[keyPath: path] == seen[keyPath: path] ? known[keyPath: path] : wanted[keyPath: path]
        }
        return Need(
            purpose: field(\.purpose),
            projects: field(\.projects),
            districts: field(\.districts),
            layouts: field(\.layouts),
            budget: field(\.budget),
            area: field(\.area),
            timeframe: field(\.timeframe)
        )
    }
}

extension Need {
    /// The members in which two differ, in the order in which pages show them.
    func differing(from other: Need) -> [String] {
        [
            ("purpose", purpose == other.purpose), ("projects", projects == other.projects),
            ("districts", districts == other.districts), ("layouts", layouts == other.layouts),
            ("budget", budget == other.budget), ("area", area == other.area),
            ("timeframe", timeframe == other.timeframe),
        ].filter { !$0.1 }.map(\.0)
    }

    /// The same without what says nothing; what is not as it was `before` is as an enquiry could have said it.
    /// - Throws: a ``Rejection`` that names the field.
    func checked(insteadOf before: Need) throws -> Need {
        var need = try EnquiryReader.need(self)
        if let purpose = need.purpose, purpose != before.purpose, !["buy", "rent"].contains(purpose) {
            throw Rejection.invalid("purpose", "unknown-purpose", "purpose is buy or rent.")
        }
        if let timeframe = need.timeframe, timeframe != before.timeframe, GradeInputs.months(timeframe) == nil {
            throw Rejection.invalid(
                "timeframe",
                "unknown-timeframe",
                "timeframe is a number of months or years: 3m, 1y."
            )
        }
        try Self.check("budget", need.budget?.min, need.budget?.max)
        try Self.check("area", need.area?.min, need.area?.max)
        need.projects = need.projects.flatMap { $0.isEmpty ? nil : $0 }
        need.districts = need.districts.flatMap { $0.isEmpty ? nil : $0 }
        need.layouts = need.layouts.flatMap { $0.isEmpty ? nil : $0 }
        if need.budget?.min == nil, need.budget?.max == nil { need.budget = nil }
        if need.area?.min == nil, need.area?.max == nil { need.area = nil }
        return need
    }

    private static func check<Value: Comparable>(_ field: String, _ least: Value?, _ most: Value?) throws {
        guard let least, let most, least > most else { return }
        throw Rejection.invalid(field, "range-reversed", "\(field) cannot begin above its end.")
    }
}
