import Contracts
import Foundation
import Messaging
import Web

/// What can be done on the page of a lead, as forms.
extension LeadStory {
    func discardForm(_ viewer: Viewer) -> LeadPage.ReasonForm {
        reasonForm(DiscardAct.path, DiscardReason.choosable.map(\.rawValue), "leads.reason", viewer)
    }

    func reopenForm(_ viewer: Viewer) -> LeadPage.ReasonForm {
        reasonForm(ReopenAct.path, ReopenReason.allCases.map(\.rawValue), "leads.again", viewer)
    }

    /// `words`: what the reasons are called is in the glossary under this.
    private func reasonForm(
        _ act: String,
        _ reasons: [String],
        _ words: String,
        _ viewer: Viewer
    ) -> LeadPage.ReasonForm {
        let choices = reasons.map { Field.Choice($0, viewer.text("\(words).\($0)")) }
        return LeadPage.ReasonForm(
            action: "/leads/leads/\(view.lead.id)/\(act)",
            reason: .select("reason", viewer.text("leads.fact.discarded"), choices, isRequired: true),
            note: Field("note", viewer.text("leads.fact.note"))
        )
    }

    func nextForm(_ viewer: Viewer) -> LeadPage.NextForm {
        LeadPage.NextForm(
            action: "/leads/leads/\(view.lead.id)/next-action",
            fields: [
                Field("nextAt", viewer.text("leads.next.at"), type: "datetime-local", isRequired: true),
                Field("nextNote", viewer.text("leads.next.note"), value: view.nextNote ?? "", isRequired: true),
            ]
        )
    }

    func assignForm(_ viewer: Viewer) -> LeadPage.AssignForm {
        let choices = agents.map { agent in
            let label = [agent.name, agent.teamName].compactMap { $0 }.joined(separator: " · ")
            return Field.Choice(agent.id.description, label, isChosen: agent.id == view.lead.ownerID)
        }
        return LeadPage.AssignForm(
            action: "/leads/leads/\(view.lead.id)/assign",
            agent: .select("agent", viewer.text("leads.fact.owner"), choices, isRequired: true)
        )
    }
}
