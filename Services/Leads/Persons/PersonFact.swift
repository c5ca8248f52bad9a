import Contracts
import Foundation

/// One value of one field, and who told it when.
struct PersonFact: Sendable, Equatable {
    let field: ProfileField
    let value: String
    let origin: UID
    let id: UUID
    let source: Telling.Source
    let actor: String
    let confidence: Int
    let toldAt: Date

    init(field: ProfileField, value: String, telling: Telling) {
        self.field = field
        self.value = value
        origin = telling.origin
        id = telling.id
        source = telling.source
        actor = telling.actor
        confidence = telling.confidence
        toldAt = telling.toldAt
    }
}

/// The value of a field that holds, those that do not, and why.
struct Winner: Sendable, Equatable {
    let fact: PersonFact
    /// Other values, the next best first.
    let others: [PersonFact]
    let why: Why

    var value: String { fact.value }
}

/// Which of the values that were told of a field holds.
///
/// Pure, and the same whatever order they come in: the more certain wins; among equals the first for what hardly ever
/// changes, else the last; what is left is decided by the ids.
enum FactRules {
    static let version = 1

    static func winners(_ facts: [PersonFact]) -> [ProfileField: Winner] {
        Dictionary(grouping: facts, by: \.field).compactMapValues { best($0) }
    }

    private static func best(_ facts: [PersonFact]) -> Winner? {
        let ranked = facts.sorted { precedes($0, $1) }
        guard let first = ranked.first else { return nil }
        let others = distinct(ranked.dropFirst().filter { $0.value != first.value })
        return Winner(fact: first, others: others, why: why(first, others))
    }

    private static func precedes(_ left: PersonFact, _ right: PersonFact) -> Bool {
        if left.confidence != right.confidence { return left.confidence > right.confidence }
        if left.toldAt != right.toldAt { return (left.toldAt < right.toldAt) == prefersFirst(left) }
        return (left.value, left.origin, left.id.wire) < (right.value, right.origin, right.id.wire)
    }

    /// A correction by staff is always the last one, also of a name.
    private static func prefersFirst(_ fact: PersonFact) -> Bool {
        fact.field.isSteadfast && fact.confidence < Telling.Source.staff.confidence
    }

    private static func why(_ first: PersonFact, _ others: [PersonFact]) -> Why {
        let rule: String
        let otherwise: String
        switch others.first {
        case nil:
            (rule, otherwise) = ("fact.only", "Nobody has told anything else.")
        case let other? where other.confidence < first.confidence:
            (rule, otherwise) = (
                "fact.more-certain", "Told by somebody as certain, another value would be compared by time."
            )
        case _? where prefersFirst(first):
            (rule, otherwise) = ("fact.told-first", "A correction by staff would hold instead.")
        default:
            (rule, otherwise) = ("fact.told-last", "The next that is told as certainly will hold instead.")
        }
        return Why(
            rule: rule,
            version: version,
            inputs: [
                "source": first.source.rawValue, "confidence": "\(first.confidence)", "others": "\(others.count)",
            ],
            otherwise: otherwise
        )
    }

    private static func distinct(_ facts: [PersonFact]) -> [PersonFact] {
        var seen: Set<String> = []
        return facts.filter { seen.insert($0.value).inserted }
    }
}
