public import Failures

/// Every policy of a service; what is listed is on its settings page.
public struct PolicyCatalogue: Sendable {
    public let all: [PolicyDescription]

    public init(_ all: [PolicyDescription]) { self.all = all }

    /// - Throws: a ``Failures/Rejection`` when there is none of that name.
    func named(_ name: String) throws -> PolicyDescription {
        guard let found = all.first(where: { $0.name == name }) else { throw Rejection.notFound("policy", name) }
        return found
    }
}

/// A policy as the settings page deals with it: without its Swift type.
public struct PolicyDescription: Sendable {
    public struct Field: Sendable {
        public let name: String
        public let unit: PolicyUnit
        public let range: ClosedRange<Double>
        let isWhole: Bool
    }

    public let name: String
    public let fields: [Field]
    public let standard: [String: Double]
    private let rule: @Sendable ([String: Double]) -> Rejection?

    public init<P: Policy>(_ policy: P.Type) {
        name = P.name
        standard = P.standard.values
        fields = P.fields.map { Field(name: $0.name, unit: $0.unit, range: $0.range, isWhole: $0.isWhole) }
        rule = { values in (P(values) as? any ConsistentPolicy)?.objection }
    }

    /// The numbers with those that are wished, each checked.
    /// - Throws: a ``Failures/Rejection`` that names the field and its bounds.
    public func values(_ present: [String: Double], with wishes: [String: Double]) throws -> [String: Double] {
        for name in wishes.keys.sorted() where !fields.contains(where: { $0.name == name }) {
            let known = fields.map(\.name).joined(separator: ", ")
            throw Rejection.invalid("values/\(name)", "no-such-field", "The fields of \(self.name) are \(known).")
        }
        for field in fields {
            guard let wish = wishes[field.name] else { continue }
            guard field.range.contains(wish), !field.isWhole || wish == wish.rounded() else {
                throw Rejection.invalid("values/\(field.name)", "out-of-range", field.bounds)
            }
        }
        let values = standard.merging(present) { $1 }.merging(wishes) { $1 }
        if let objection = rule(values) { throw objection }
        return values
    }
}

extension PolicyDescription.Field {
    /// One sentence: what is allowed.
    public var bounds: String {
        if unit == .timeOfDay { return "\(name) is a time of day such as 21:00." }
        return "\(name) is a \(isWhole ? "whole number" : "number") from \(PolicyNumber.text(range.lowerBound)) "
            + "to \(PolicyNumber.text(range.upperBound)) (\(unit.rawValue))."
    }
}

/// A policy whose numbers must agree with one another.
public protocol ConsistentPolicy {
    /// What is wrong with them together, if anything is; its field is `values/<name>`.
    var objection: Rejection? { get }
}
