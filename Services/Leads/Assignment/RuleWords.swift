import Contracts
import Foundation
import Web

/// Rules in the viewer's words.
struct RuleWords: Sendable {
    let viewer: Viewer
    let names: [StaffID: String]
    let teams: [TeamID: String]
    let pools: [String: String]

    init(_ viewer: Viewer, _ staff: [StaffMember], _ pools: [Pool]) {
        self.viewer = viewer
        names = Dictionary(staff.map { ($0.id, $0.name) }) { first, _ in first }
        teams = Dictionary(staff.compactMap { member in member.teamID.map { ($0, member.teamName ?? "") } }) { $1 }
        self.pools = Dictionary(pools.map { ($0.name, PoolWords.title($0, viewer)) }) { first, _ in first }
    }

    /// A delivered rule by its glossary name, another as it was called.
    func name(_ rule: String) -> String {
        let slug = rule.replacing(".", with: "-")
        let word = viewer.word("rule", slug)
        return word == slug ? rule : word
    }

    func condition(_ condition: RuleCondition) -> String {
        let values = condition.values.map { value(condition.field, $0) }
        let list = values.joined(separator: condition.operator == .between ? "–" : viewer.text("why.comma"))
        return [field(condition.field), viewer.text("rule-operator.\(condition.operator.rawValue)"), list]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    func field(_ field: RuleField) -> String { viewer.text("rule-field.\(field.rawValue)") }

    func value(_ field: RuleField, _ value: String) -> String {
        switch field {
        case .channel: viewer.channel(value)
        case .channelKind: viewer.word("channel-kind", value)
        case .project: viewer.project(value)
        case .layout: viewer.layout(value)
        case .purpose: viewer.word("input-value", value)
        case .budget, .budgetFrom: Int64(value).map { viewer.moneyShort($0 * 100, "CNY") } ?? value
        case .tag: viewer.tagPair(value)
        case .reach: viewer.text("leads.fact.\(value)")
        case .stage: viewer.text("life.stage.\(value)")
        case .referred, .returning, .wrote, .byHand, .officeOpen:
            ["yes", "no"].contains(value) ? viewer.text("settings.\(value)") : value
        default: value
        }
    }

    /// What people write in a form for a value that is one of a few: the word for it, in their language or as it is stored.
    func written(_ text: String, for field: RuleField) -> String {
        guard let choices = field.choices else { return text }
        return choices.first { text.caseInsensitiveCompare($0) == .orderedSame || text == value(field, $0) } ?? text
    }

    func target(_ target: RuleTarget) -> String {
        let kind = viewer.text("rule-target.\(target.kind.rawValue)")
        let more: [String?] = [
            target.kind == .person ? target.staffID.map { names[$0] ?? viewer.text("common.unknown") } : nil,
            target.pool.map { pools[$0] ?? $0 },
            target.kind == .firstToClaim ? target.seconds.map { viewer.text("rules.seconds", count: $0) } : nil,
            target.teamID.map { teams[$0] ?? viewer.text("common.unknown") },
        ]
        return ([kind] + more.compactMap { $0 }).joined(separator: " · ")
    }

    /// Where a lead goes.
    func place(_ place: Simulation.Place) -> String {
        if let pool = place.pool { return pools[pool] ?? pool }
        return place.ownerID.flatMap { names[$0] } ?? viewer.text("common.unknown")
    }

    /// Why an agent cannot take a lead.
    func reason(_ reason: String) -> String { viewer.word("absence", reason.replacing(" ", with: "-")) }
}
