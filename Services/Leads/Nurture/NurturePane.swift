import Contracts
import Foundation
import Web

/// Where a person is in sequences, on the page of a lead, and how they get into one.
struct NurturePane: Sendable {
    let facts: [Fact]
    /// Nil for whoever may not, or where there is none to choose.
    let enrol: Form?

    struct Form: Sendable {
        let action: String
        let sequence: Field
    }

    /// Nil where there is nothing to show.
    init?(_ enrolments: [Enrolment], _ sequences: [NurtureSequence], lead: LeadID, mayAct: Bool, _ viewer: Viewer) {
        let names = Dictionary(sequences.map { ($0.id, $0.plan.name) }) { first, _ in first }
        facts = enrolments.map { one in
            let state = viewer.text("nurture.state.\(one.state.rawValue)")
            return Fact(
                names[one.sequenceID] ?? "–",
                one.nextAt.map { viewer.text("nurture.next", ["when": viewer.day($0)]) } ?? "",
                badge: one.badge(viewer),
                why: one.why.shown(state, viewer, names: [:])
            )
        }
        let been = Set(enrolments.map(\.sequenceID))
        enrol = mayAct ? Form("/leads/leads/\(lead)/nurture", sequences.filter { !been.contains($0.id) }, viewer) : nil
        if facts.isEmpty, enrol == nil { return nil }
    }
}

extension NurturePane.Form {
    /// Nil where there is no sequence to choose.
    init?(_ action: String, _ sequences: [NurtureSequence], _ viewer: Viewer) {
        let open = sequences.filter(\.plan.isActive)
        guard !open.isEmpty else { return nil }
        self.action = action
        sequence = .select(
            "sequence",
            viewer.text("nurture.sequence"),
            open.map { Field.Choice($0.id.description, $0.plan.name) },
            isRequired: true
        )
    }
}
