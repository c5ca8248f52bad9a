import Contracts
import Foundation
import Messaging
import Web

/// What can be done on the page of a lead, as forms.
extension LeadStory {
    func discardForm(_ viewer: Viewer) -> LeadPage.ReasonForm {
        let choices = DiscardReason.choosable.map {
            Field.Choice($0.rawValue, viewer.text("leads.reason.\($0.rawValue)"))
        }
        return LeadPage.ReasonForm(
            action: "/leads/leads/\(view.lead.id)/discard",
            reason: .select("reason", viewer.text("leads.fact.discarded"), choices, isRequired: true),
            note: Field("note", viewer.text("leads.fact.note"))
        )
    }

    func reopenForm(_ viewer: Viewer) -> LeadPage.ReasonForm {
        let choices = ReopenReason.allCases.map {
            Field.Choice($0.rawValue, viewer.text("leads.again.\($0.rawValue)"))
        }
        return LeadPage.ReasonForm(
            action: "/leads/leads/\(view.lead.id)/reopen",
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
