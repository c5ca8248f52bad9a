public import Contracts
import Foundation

extension Viewer {
    /// A stored decision in the viewer's words: its rule, what went in, and what would have changed it.
    ///
    /// `names` are people by their id. Inputs that the glossary has no word for are not shown: they are for those who read the
    /// journal.
    public func why(_ why: Contracts.Why, sentence: String, names: [String: String] = [:]) -> Why {
        let tried = (why.tried ?? []).map { Why.Input(text("why.tried"), rule($0)) }
        return Why(
            sentence,
            rule: rule(why.rule),
            version: text("why.version", ["version": "\(why.version)"]),
            inputs: why.inputs.sorted { $0.key < $1.key }.compactMap { input($0.key, $0.value, names) } + tried,
            otherwise: otherwise(why, names).map { [$0] } ?? []
        )
    }

    private func rule(_ name: String) -> String { word("rule", name.replacing(".", with: "-")) }

    private func input(_ key: String, _ value: String, _ names: [String: String]) -> Why.Input? {
        guard strings.knows("input.\(key)") else { return nil }
        let shown =
            switch key {
            case "budgetYuan": Int64(value).map { moneyShort($0 * 100, "CNY") } ?? word("input-value", value)
            case "channel": channel(value)
            case "channelKind": word("channel-kind", value)
            case "projects": list(value).map(project).joined(separator: text("why.comma"))
            case "districts": list(value).joined(separator: text("why.comma"))
            case "by", "enteredBy", "excluded", "former", "previousOwner": people(value, names)
            case "load": value.replacing(" of ", with: " / ")
            case "respondWithin": Double(value.dropLast(2)).map(span) ?? value
            case "template": word("template", value)
            default: Wire.date(from: value).map(instant) ?? word("input-value", value)
            }
        return Why.Input(text("input.\(key)"), shown)
    }

    private func list(_ value: String) -> [String] { value.components(separatedBy: ", ") }

    /// `staff:<id>` or ids, by name.
    private func people(_ value: String, _ names: [String: String]) -> String {
        list(value).map { one in
            names[one.hasPrefix("staff:") ? String(one.dropFirst("staff:".count)) : one] ?? text("why.somebody")
        }.joined(separator: text("why.comma"))
    }

    /// What the glossary says of the rule, or of the sentence; else the sentence as it was stored, with names for ids.
    private func otherwise(_ why: Contracts.Why, _ names: [String: String]) -> String? {
        guard let stored = why.otherwise else { return nil }
        if let match = stored.firstMatch(of: /agent ([0-9a-f-]{36})/) {
            return text("why.next-agent", ["agent": names[String(match.output.1)] ?? text("why.somebody")])
        }
        let slug = why.rule.replacing(".", with: "-")
        if strings.knows("rule-otherwise.\(slug)") { return text("rule-otherwise.\(slug)") }
        return stored
    }
}
