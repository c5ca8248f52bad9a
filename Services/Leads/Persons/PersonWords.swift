import Contracts
import Foundation
import Messaging
import Web

/// What is known of a person in the viewer's words.
struct PersonWords: Sendable {
    let viewer: Viewer
    let staff: [StaffID: String]
    let isMasked: Bool

    func label(_ field: ProfileField) -> String { viewer.text("persons.field.\(field.rawValue)") }

    func shown(_ field: ProfileField, _ value: String) -> String {
        switch field.form {
        case .choice: viewer.text("persons.choice.\(value)")
        case .whole where field == .income: Int64(value).map { viewer.moneyShort($0 * 100, "CNY") } ?? value
        case .whole, .text: value
        }
    }

    /// Who told it: 演示 web, a member of staff, the person.
    func source(_ fact: PersonFact) -> String {
        if let id = StaffID(staffActor: fact.actor) { return staff[id] ?? viewer.text("common.unknown") }
        if fact.actor.hasPrefix("channel:") { return viewer.channel(String(fact.actor.dropFirst("channel:".count))) }
        return viewer.text("persons.source.\(fact.source.rawValue)")
    }

    func who(_ actor: String) -> String {
        StaffID(staffActor: actor).map { staff[$0] ?? viewer.text("common.unknown") } ?? viewer.text("persons.by-rule")
    }

    func why(_ why: Contracts.Why, _ sentence: String) -> Web.Why { why.shown(sentence, viewer, names: staff) }

    /// The fields that are known, each with why that value holds and where it comes from.
    func facts(_ winners: [ProfileField: Winner], _ fields: [ProfileField]) -> [Fact] {
        fields.compactMap { field in
            guard let winner = winners[field] else { return nil }
            let origin = viewer.text(
                "persons.told",
                ["source": source(winner.fact), "time": viewer.time(winner.fact.toldAt).text]
            )
            let others = winner.others.map { "\(shown(field, $0.value)) (\(source($0)))" }
            let sentence =
                ([origin]
                + (others.isEmpty ? [] : [viewer.text("persons.others", ["values": others.joined(separator: ", ")])]))
                .joined(separator: " ")
            return Fact(label(field), shown(field, winner.value), why: why(winner.why, sentence))
        }
    }

    func identifiers(_ person: Person) -> [Fact] {
        person.identifiers.map {
            Fact(viewer.text("leads.fact.\($0.kind.rawValue)"), $0.shown(viewer, masked: isMasked))
        }
    }

    func field(_ field: ProfileField, _ value: String?) -> Field {
        switch field.form {
        case .choice(let choices):
            let empty = Field.Choice("", "–", isChosen: value == nil)
            let all = choices.map { Field.Choice($0, shown(field, $0), isChosen: $0 == value) }
            return .select(field.rawValue, label(field), [empty] + all)
        case .whole: return Field(field.rawValue, label(field), value: value ?? "", type: "number")
        case .text: return Field(field.rawValue, label(field), value: value ?? "")
        }
    }
}

extension StaffID {
    /// The member of staff whom an actor names.
    init?(staffActor actor: String) {
        guard let id = Cause(actor: actor).staffID else { return nil }
        self = id
    }
}
