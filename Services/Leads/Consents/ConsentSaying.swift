import Contracts
import Foundation

/// What somebody says of consent in one breath: what they allow, what they refuse.
struct ConsentSaying: Sendable, Equatable {
    var allowed: ConsentScope = []
    var refused: ConsentScope = []

    var isEmpty: Bool { allowed.isEmpty && refused.isEmpty }

    init(allowed: ConsentScope = [], refused: ConsentScope = []) {
        self.allowed = allowed
        self.refused = refused
    }

    /// What was told, field by field: `consent.contact.sms` speaks of every purpose, `consent.marketing.sms` of one, and that
    /// goes before the other.
    init(told: [String: String]) {
        var single = ConsentSaying()
        for (field, value) in told {
            guard let (scope, isWhole) = ConsentSaying.scope(field) else { continue }
            if isWhole { note(scope, value) } else { single.note(scope, value) }
        }
        allowed = allowed.subtracting(single.refused).union(single.allowed)
        refused = refused.subtracting(single.allowed).union(single.refused)
    }

    private mutating func note(_ scope: ConsentScope, _ value: String) {
        if value == "yes" { allowed.formUnion(scope) } else if value == "no" { refused.formUnion(scope) }
    }

    /// The names of the fields in which it is told.
    var told: [String: String] {
        var told: [String: String] = [:]
        for (scope, value) in [(allowed, "yes"), (refused, "no")] {
            for name in scope.names { told[ConsentSaying.field(name)] = value }
        }
        return told
    }

    private static let prefix = "consent."
    /// The purpose that a field names when it speaks of all of them.
    private static let whole = "contact"

    private static func field(_ name: String) -> String {
        prefix + (name.contains(".") ? name : "\(whole).\(name)")
    }

    /// What a field speaks of, and whether that is every purpose; nil when it is about no consent.
    static func scope(_ field: String) -> (scope: ConsentScope, isWhole: Bool)? {
        guard field.hasPrefix(prefix) else { return nil }
        let parts = field.split(separator: ".")
        guard parts.count == 3, let means = ConsentMeans(rawValue: String(parts[2])) else { return nil }
        if parts[1] == whole { return (ConsentScope(by: means), true) }
        return ConsentPurpose(rawValue: String(parts[1])).map { (ConsentScope($0, by: means), false) }
    }
}

extension ConsentSaying {
    /// A field that speaks of every purpose, purpose by purpose; any other field is itself.
    static func parts(of field: String) -> [String] {
        guard let (scope, isWhole) = scope(field), isWhole else { return [field] }
        return ConsentPurpose.allCases.flatMap { purpose in
            ConsentMeans.allCases.map { (purpose, $0, ConsentScope(purpose, by: $0)) }
        }.filter { scope.isSuperset(of: $0.2) }.map { Self.field("\($0.0.rawValue).\($0.1.rawValue)") }
    }
}

extension Telling {
    /// Whether it takes back a no.
    var isBinding: Bool { confidence >= Source.staff.confidence }

    /// What it says of consent: a yes, a no, or both of different things.
    var sayings: [Consents.Ground] {
        guard told.keys.contains(where: { $0.hasPrefix("consent.") }) else { return [] }
        let saying = ConsentSaying(told: told)
        return [(true, saying.allowed), (false, saying.refused)].filter { !$0.1.isEmpty }.map { allows, scope in
            Consents.Ground(
                allows: allows,
                scope: scope,
                id: id,
                source: source.rawValue,
                at: saidAt ?? toldAt,
                words: allows ? words : nil
            )
        }
    }
}

extension [Telling] {
    /// What holds of all that was told: the same whatever order it comes in.
    var consents: Consents {
        let said = flatMap { telling in telling.sayings.map { (ground: $0, isBinding: telling.isBinding) } }
            .sorted { left, right in
                if left.ground.at != right.ground.at { return left.ground.at < right.ground.at }
                // A no goes before a yes of the same instant.
                if left.ground.allows != right.ground.allows { return left.ground.allows }
                return left.ground.id.wire < right.ground.id.wire
            }
        var consents = Consents()
        for one in said { consents.hear(one.ground, isBinding: one.isBinding) }
        return consents
    }
}
