import Contracts
import Foundation
import Web

/// The words of a timeline, in the viewer's language.
struct TimelineWords {
    let viewer: Viewer
    let names: [StaffID: String]

    /// What happened, in one phrase.
    func heading(_ event: TimelineEvent) -> String {
        let key = event.name.routingKey
        let name = variant(event).map { "\(key)-\($0)" } ?? key
        // A fact that is newer than the glossary is told by its wire name.
        guard viewer.word("timeline", name) != name else { return key }
        return viewer.text("timeline.\(name)", variables(event))
    }

    /// What was said or noted with it.
    func detail(_ event: TimelineEvent) -> String? {
        let inputs = event.inputs
        let said = [inputs.message, inputs.note, inputs.text, inputs.result].compactMap { $0?.nonEmpty }.first
        switch event.name {
        case ContactLogged.name:
            let next = inputs.nextAction.map { action in
                let at = inputs.nextAt.map { " · " + viewer.instant($0) } ?? ""
                return viewer.text("timeline.next", ["action": action + at])
            }
            let parts = [said, next].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: " ")
        case MessageFailed.name, MessageSuppressed.name, MessageUnknown.name:
            return inputs.reason.map { viewer.word("message-reason", $0) }
        default:
            return said
        }
    }

    /// Who did it.
    func actor(_ event: TimelineEvent) -> String? {
        // The customer themselves.
        guard event.name != MessageAnswered.name, let actor = event.actor else { return nil }
        let parts = actor.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("staff", 2): return StaffID(parts[1]).flatMap { names[$0] } ?? viewer.text("timeline.actor-staff")
        case ("channel", 2): return viewer.word("channel", parts[1])
        default: return viewer.text("timeline.actor-lintel")
        }
    }

    /// Heading and detail in one sentence, for programs.
    func text(_ event: TimelineEvent) -> String {
        [heading(event), detail(event)].compactMap { $0 }.joined(separator: viewer.language == .chinese ? ":" : ": ")
    }

    func why(_ event: TimelineEvent) -> Web.Why? {
        event.why.map { viewer.why($0, sentence: heading(event), names: names) }
    }

    /// The same event is told differently by what became of it.
    private func variant(_ event: TimelineEvent) -> String? {
        let inputs = event.inputs
        switch event.name {
        case LeadAssigned.name:
            if inputs.ownerID == nil { return "pool" }
            return inputs.previousOwnerID == nil ? nil : "again"
        case LeadResponseOverdue.name, LeadIdle.name, LeadFollowUpDue.name, SLABreached.name: return inputs.step?.name
        case LeadFrozen.name: return inputs.isFrozen == true ? nil : "ended"
        case LeadContacted.name: return inputs.isWithinTarget == true ? nil : "late"
        case PersonIdentified.name: return inputs.isNew == true ? nil : "more"
        case PersonStageChanged.name: return inputs.to
        case ContactLogged.name: return inputs.isReached == true ? nil : "tried"
        case MessageAnswered.name: return inputs.template == nil ? "unasked" : nil
        default: return nil
        }
    }

    private func variables(_ event: TimelineEvent) -> [String: String] {
        let inputs = event.inputs
        return [
            "channel": inputs.channel.map { viewer.word("channel", $0) },
            "grade": inputs.grade,
            "previous": inputs.previous?.text,
            "owner": person(inputs.ownerID),
            "before": person(inputs.previousOwnerID),
            "manager": person(inputs.managerID),
            "touches": inputs.touches.map(String.init),
            "time": inputs.responseSeconds.map { viewer.span(Double($0)) },
            "reason": inputs.reason.map { viewer.word("reason", $0) },
            "kind": inputs.kind.map { viewer.word("kind", $0) },
            "title": inputs.title,
            "from": inputs.from.map { viewer.word("deal-stage", $0) },
            "to": inputs.to.map { viewer.word("deal-stage", $0) },
            "price": inputs.price.map { viewer.money($0.minor, $0.currency) },
            "number": inputs.number,
            "unit": inputs.unitNumber,
            "until": (inputs.expiresAt ?? inputs.dueAt).map(viewer.instant),
            "step": inputs.step.map { viewer.word("care", $0.name) },
            "template": inputs.template.map { viewer.word("template", $0) },
        ].mapValues { $0 ?? viewer.text("common.unknown") }
    }

    private func person(_ id: StaffID?) -> String? { id.flatMap { names[$0] } }
}

extension TimelineWords {
    /// What is worth telling people: of each message only what became of it, not that it was written before.
    static func told(_ events: [TimelineEvent]) -> [TimelineEvent] {
        let isMessage = { (event: TimelineEvent) in event.name.text.hasPrefix("notify.message.") }
        var last: [String: Int] = [:]
        for (index, event) in events.enumerated() where isMessage(event) { last["\(event.subject)"] = index }
        return events.enumerated().filter { index, event in
            !isMessage(event) || last["\(event.subject)"] == index
        }.map(\.element)
    }

    /// The entry as the page shows it.
    func entry(_ event: TimelineEvent) -> TimelineEntry {
        TimelineEntry(
            at: viewer.time(event.occurredAt),
            icon: icon(event),
            tone: tone(event),
            heading(event),
            text: detail(event),
            actor: actor(event),
            href: href(event),
            source: "\(event.name.text) · \(event.eventID)",
            why: why(event)
        )
    }

    /// The entry with its day.
    ///
    /// What became of messages and the steps of a deal repeat and are folded; a message that failed is worth a line.
    func dated(_ event: TimelineEvent) -> DatedEntry {
        let key: String? =
            switch event.name {
            case MessageFailed.name, MessageUnknown.name, MessageAnswered.name: nil
            case DealStageChanged.name: "stages"
            default: event.name.text.hasPrefix("notify.message.") ? "messages" : nil
            }
        return DatedEntry(at: event.occurredAt, entry(event), foldKey: key)
    }

    private func icon(_ event: TimelineEvent) -> String {
        let parts = event.name.text.split(separator: ".").map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("leads", "lead"): return "lead"
        case ("leads", "nurture"): return "message"
        case ("sales", "contact"): return "call"
        case ("sales", "unit"): return "unit"
        case ("sales", _): return "deal"
        case ("service", "care"), ("service", "handover"): return "care"
        case ("service", _): return "case"
        case ("notify", "message"): return "message"
        default: return "system"
        }
    }

    private func tone(_ event: TimelineEvent) -> Badge.Tone {
        switch event.name {
        case LeadResponseOverdue.name, SLABreached.name, MessageFailed.name, DealLost.name: .bad
        case MessageUnknown.name, MessageSuppressed.name, UnitReleased.name, RecipientUnreachable.name: .warning
        case DealWon.name, ContractSigned.name, HandoverCompleted.name, CaseClosed.name: .good
        case LeadReceived.name, CaseOpened.name, DealOpened.name, MessageAnswered.name: .accent
        default: .neutral
        }
    }

    private func href(_ event: TimelineEvent) -> String? {
        let parts = event.name.text.split(separator: ".").map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("leads", "lead"): return "/leads/leads/\(event.subject)"
        case ("sales", "deal"): return "/sales/deals/\(event.subject)"
        case ("sales", "unit"): return "/sales/units/\(event.subject)"
        case ("service", "case"), ("service", "sla"): return "/service/cases/\(event.subject)"
        case ("service", "handover"): return "/service/handovers/\(event.subject)"
        default: return nil
        }
    }
}

extension Viewer {
    /// A stored reason as the pages show it, with people by their names.
    func why(_ why: Contracts.Why, sentence: String, names: [StaffID: String]) -> Web.Why {
        let known = Dictionary(names.map { ($0.key.description, $0.value) }) { first, _ in first }
        return self.why(why, sentence: sentence, names: known)
    }

    /// What a refusal says, in the viewer's language where the glossary has it.
    func refusal(_ code: String, _ message: String) -> String {
        let words = word("refused", code)
        return words == code ? message : words
    }
}
