import Contracts
import Foundation
import Web

/// A person's tags on the page of a lead or their own, for whoever may say whether they are right.
struct TagsPane: Sendable {
    struct Item: Sendable {
        let key: String
        let value: String
        let label: String
        let text: String
        let origin: String
        let badge: Badge?
        let mayJudge: Bool
    }

    let action: String
    let mayAct: Bool
    let items: [Item]
    /// Those that do not hold: rejected, expired, or contradicted.
    let others: [Item]
    let key: Field
    let value: Field

    /// With a `person` it stands on their page, and leads back there.
    init(_ tags: [Tag], lead: LeadID, person: UID? = nil, mayAct: Bool, _ viewer: Viewer) {
        action = "/leads/leads/\(lead)/tags" + (person.map { "?person=\($0)" } ?? "")
        self.mayAct = mayAct
        let tags = tags.once
        items = tags.filter(\.isWinner).map { Item($0, mayAct: mayAct, viewer) }
        others = tags.filter { !$0.isWinner }.map { Item($0, mayAct: mayAct, viewer) }
        let keys = TagKey.allCases.filter { !$0.isReckoned }
        key = .select(
            "key",
            viewer.text("tags.key"),
            keys.map { Field.Choice($0.rawValue, viewer.word("tag", $0.rawValue)) },
            isRequired: true
        )
        value = Field("value", viewer.text("tags.value"), isRequired: true)
    }
}

extension TagsPane.Item {
    fileprivate init(_ tag: Tag, mayAct: Bool, _ viewer: Viewer) {
        key = tag.key
        value = tag.value
        label = viewer.word("tag", tag.key)
        text = viewer.tagged(tag.key, tag.value)
        origin = [
            viewer.text("tags.source.\(tag.source.rawValue)"), "\(tag.confidence) %", viewer.relative(tag.notedAt),
        ].joined(separator: " · ")
        badge =
            switch tag.standing {
            case .open: nil
            case .confirmed: Badge(viewer.text("tags.confirmed"), .good)
            case .rejected: Badge(viewer.text("tags.rejected"))
            }
        mayJudge = mayAct && tag.standing == .open && TagKey(rawValue: tag.key)?.isReckoned != true
    }
}

extension Viewer {
    /// A tag that is written `key=value` in words.
    func tagPair(_ tag: String) -> String {
        let parts = tag.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return tag }
        return "\(word("tag", parts[0])): \(tagged(parts[0], parts[1]))"
    }

    /// A tag's value in words.
    func tagged(_ key: String, _ value: String) -> String {
        switch TagKey(rawValue: key) {
        case .budget: word("score.budget", value)
        case .purpose: word("score.purpose", value)
        case .timeframe: word("timeframe", value)
        case .layout: layout(value)
        case .project: project(value)
        case .interest: word("tag-interest", value)
        case .worth: word("value.layer", value)
        case .region, .visits, .owner, nil: value
        }
    }
}
