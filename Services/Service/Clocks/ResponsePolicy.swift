import Contracts
import Failures
import Foundation

/// By when a case must be answered first: one version of the rules, which are tried in order.
struct ResponsePolicy: Sendable, Equatable {
    /// One rule; nil matches everything.
    struct Rule: Sendable, Equatable {
        let name: String
        let kind: Case.Kind?
        let tier: Tier?
        /// From the opening of the case, by the clock on the wall: nights and holidays count.
        let minutes: Int
        /// From the deadline until the head hears of it.
        let escalationMinutes: Int

        func matches(_ kind: Case.Kind, _ tier: Tier) -> Bool {
            (self.kind ?? kind) == kind && (self.tier ?? tier) == tier
        }
    }

    let version: Int
    let rules: [Rule]

    /// When the case is due, and why.
    /// - Throws: a ``Rejection`` when no rule matches, which an installation with a last rule for everything never sees.
    func deadline(_ kind: Case.Kind, _ severity: Case.Severity, _ tier: Tier, openedAt: Date) throws -> Deadline {
        guard let index = rules.firstIndex(where: { $0.matches(kind, tier) }) else {
            throw Rejection(.conflict, "no-response-rule", "No rule says by when such a case is to be answered.")
        }
        let rule = rules[index]
        let dueAt = openedAt.addingTimeInterval(Double(rule.minutes) * 60)
        return Deadline(
            dueAt: dueAt,
            escalateAt: dueAt.addingTimeInterval(Double(rule.escalationMinutes) * 60),
            why: Why(
                rule: "response.\(rule.name)",
                version: version,
                inputs: [
                    "kind": kind.rawValue, "severity": severity.rawValue, "tier": tier.rawValue,
                    "minutes": "\(rule.minutes)", "openedAt": Wire.text(of: openedAt),
                ],
                tried: rules[..<index].map { "response.\($0.name)" },
                otherwise: "Another kind of case or tier of customer may have another rule."
            )
        )
    }

    /// By when somebody must answer, when the head hears if nobody does, and why then.
    struct Deadline: Sendable, Equatable {
        let dueAt: Date
        let escalateAt: Date
        let why: Why
    }
}
