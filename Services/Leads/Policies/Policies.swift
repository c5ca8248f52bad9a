import Failures

/// Every policy that there is; what is listed here is on the settings page.
enum Policies {
    static let all: [PolicyDescription] = [
        PolicyDescription(ResponsePolicy.self), PolicyDescription(ClaimPolicy.self),
        PolicyDescription(RecyclePolicy.self), PolicyDescription(AbsencePolicy.self),
        PolicyDescription(MatchPolicy.self), PolicyDescription(ScorePolicy.self), PolicyDescription(TagPolicy.self),
        PolicyDescription(ImportPolicy.self), PolicyDescription(NurturePolicy.self),
        PolicyDescription(ReferralPolicy.self), PolicyDescription(LifePolicy.self),
        PolicyDescription(ValuePolicy.self), PolicyDescription(AudiencePolicy.self),
        PolicyDescription(HookPolicy.self),
    ]

    /// - Throws: a ``Rejection`` when there is none of that name.
    static func named(_ name: String) throws -> PolicyDescription {
        guard let found = all.first(where: { $0.name == name }) else { throw Rejection.notFound("policy", name) }
        return found
    }
}

/// A policy as the settings page deals with it: without its Swift type.
struct PolicyDescription: Sendable {
    struct Field: Sendable {
        let name: String
        let unit: PolicyUnit
        let range: ClosedRange<Double>
        let isWhole: Bool
    }

    let name: String
    let fields: [Field]
    let standard: [String: Double]
    private let rule: @Sendable ([String: Double]) -> Rejection?

    init<P: Policy>(_ policy: P.Type) {
        name = P.name
        standard = P.standard.values
        fields = P.fields.map { Field(name: $0.name, unit: $0.unit, range: $0.range, isWhole: $0.isWhole) }
        rule = { values in (P(values) as? any ConsistentPolicy)?.objection }
    }

    /// The numbers with those that are wished, each checked.
    /// - Throws: a ``Rejection`` that names the field and its bounds.
    func values(_ present: [String: Double], with wishes: [String: Double]) throws -> [String: Double] {
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
    var bounds: String {
        "\(name) is a \(isWhole ? "whole number" : "number") from \(PolicyNumber.text(range.lowerBound)) "
            + "to \(PolicyNumber.text(range.upperBound)) (\(unit.rawValue))."
    }
}

/// A policy whose numbers must agree with one another.
protocol ConsistentPolicy {
    /// What is wrong with them together, if anything is; its field is `values/<name>`.
    var objection: Rejection? { get }
}

/// Numbers of policies as text.
enum PolicyNumber {
    /// 7.0 is 7, 0.25 is 0.25.
    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
