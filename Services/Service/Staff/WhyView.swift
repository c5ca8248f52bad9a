import Contracts
import Foundation
import Web

extension Web.Why {
    /// A stored decision in the viewer's words.
    ///
    /// Rules that the glossary does not know show as they were stored.
    init(_ why: Contracts.Why, _ viewer: Viewer) {
        let slug = why.rule.replacing(".", with: "-")
        let otherwise = why.otherwise.map { stored in
            let words = viewer.word("why-otherwise", slug)
            return words == slug ? stored : words
        }
        let sentence = viewer.word("why-rule", slug)
        self.init(
            sentence == slug ? why.rule : sentence,
            rule: why.rule,
            version: "v\(why.version)",
            inputs: why.inputs.sorted { $0.key < $1.key }.compactMap { name, value in
                name == "by" ? nil : Web.Why.Input(viewer.word("why-input", name), viewer.readable(name, value))
            },
            otherwise: otherwise.map { [$0] } ?? []
        )
    }
}

extension Viewer {
    /// An input of a decision: instants in the viewer's zone, words in the viewer's language, figures as they are.
    fileprivate func readable(_ name: String, _ value: String) -> String {
        if let instant = Contracts.Wire.date(from: value) { return self.instant(instant) }
        switch name {
        case "kind": return word("case-kind", value)
        case "severity": return word("case-severity", value)
        case "tier": return word("tier", value)
        case "deadlineRule": return word("why-rule", value.replacing(".", with: "-"))
        case "minuteOfDay":
            guard let minute = Int(value) else { return value }
            return "\(minute / 60):" + (minute % 60 < 10 ? "0" : "") + "\(minute % 60)"
        default: return value
        }
    }

    /// What somebody is called, or that nobody is.
    func person(_ name: String?) -> String { name ?? text("common.nobody") }

    /// What a customer is called before anybody has said their name.
    func customer(_ name: String?) -> String { name ?? text("case.customer-unnamed") }
}
