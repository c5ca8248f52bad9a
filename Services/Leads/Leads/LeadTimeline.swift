import Contracts
import Foundation
import Messaging
import Web

/// Tells what was journalled about a lead in words.
struct LeadTimeline: Sendable {
    let names: [StaffID: String]
    let viewer: Viewer

    func entry(_ entry: LeadHistoryEntry) -> TimelineEntry {
        let told = told(entry)
        return TimelineEntry(
            at: viewer.time(entry.at),
            icon: told.icon,
            tone: told.tone,
            told.heading,
            text: told.text,
            actor: actor(entry.actor),
            source: "\(entry.name) · \(entry.id.wire.prefix(8))",
            why: told.why
        )
    }

    private struct Told {
        var icon = "lead"
        var tone = Badge.Tone.neutral
        var heading: String
        var text: String?
        var why: Web.Why?
    }

    private func told(_ entry: LeadHistoryEntry) -> Told {
        let data = entry.data
        switch entry.name {
        case LeadReceived.name:
            guard let event = try? data.decode(LeadReceived.self) else { break }
            let heading = viewer.text("leads.told.received", ["channel": viewer.channel(event.channel)])
            let why = event.gradeWhy.shown(viewer.text("leads.why.grade", ["grade": event.grade]), viewer, names: names)
            return Told(tone: .accent, heading: heading, text: event.message, why: why)
        case LeadAssigned.name:
            guard let event = try? data.decode(LeadAssigned.self) else { break }
            let owner = event.ownerID.map(name) ?? viewer.text("leads.in-pool")
            let heading = viewer.text("leads.told.assigned", ["owner": owner])
            return Told(heading: heading, why: event.why.shown(heading, viewer, names: names))
        case LeadTouched.name:
            guard let event = try? data.decode(LeadTouched.self) else { break }
            let heading = viewer.text("leads.told.touched", ["channel": viewer.channel(event.channel)])
            return Told(tone: .accent, heading: heading, text: event.message)
        case LeadResponseOverdue.name:
            guard let event = try? data.decode(LeadResponseOverdue.self) else { break }
            let heading = viewer.text("leads.told.overdue.\(event.step)")
            return Told(
                icon: "system",
                tone: .bad,
                heading: heading,
                why: event.why.shown(heading, viewer, names: names)
            )
        default: return outcome(entry)
        }
        return Told(heading: entry.name.text)
    }

    private func outcome(_ entry: LeadHistoryEntry) -> Told {
        switch entry.name {
        case LeadContacted.name:
            guard let event = try? entry.data.decode(LeadContacted.self) else { break }
            let time = viewer.span(Double(event.responseSeconds))
            return Told(icon: "call", tone: .good, heading: viewer.text("leads.told.contacted", ["time": time]))
        case LeadConverted.name:
            return Told(icon: "deal", tone: .good, heading: viewer.text("leads.told.converted"))
        case LeadDiscarded.name:
            guard let event = try? entry.data.decode(LeadDiscarded.self) else { break }
            let reason = viewer.text("leads.reason.\(event.reason)")
            return Told(heading: viewer.text("leads.told.discarded", ["reason": reason]), text: event.note)
        case LeadReopened.name:
            guard let event = try? entry.data.decode(LeadReopened.self) else { break }
            let reason = viewer.text("leads.again.\(event.reason)")
            let heading = viewer.text("leads.told.reopened", ["reason": reason])
            let why = event.why.shown(heading, viewer, names: names)
            return Told(tone: .accent, heading: heading, text: event.note, why: why)
        default: return change(entry)
        }
        return Told(heading: entry.name.text)
    }

    private func change(_ entry: LeadHistoryEntry) -> Told {
        switch entry.name {
        case LeadAnswered.name:
            guard let event = try? entry.data.decode(LeadAnswered.self) else { break }
            let heading = viewer.text("leads.told.answered", ["channel": viewer.text("answers.by.\(event.channel)")])
            return Told(
                icon: "message",
                tone: .accent,
                heading: heading,
                text: event.message,
                why: event.why.shown(heading, viewer, names: names)
            )
        case LeadGraded.name:
            guard let event = try? entry.data.decode(LeadGraded.self) else { break }
            let heading = viewer.text("leads.told.graded", ["previous": event.previous, "grade": event.grade])
            return Told(icon: "system", heading: heading, why: event.why.shown(heading, viewer, names: names))
        case LeadIdle.name:
            guard let event = try? entry.data.decode(LeadIdle.self) else { break }
            let heading = viewer.text("leads.told.idle.\(event.step)")
            let why = event.why.shown(heading, viewer, names: names)
            return Told(icon: "system", tone: .warning, heading: heading, why: why)
        case LeadFrozen.name:
            guard let event = try? entry.data.decode(LeadFrozen.self) else { break }
            return Told(heading: viewer.text(event.isFrozen ? "leads.told.frozen" : "leads.told.released"))
        default: return plan(entry)
        }
        return Told(heading: entry.name.text)
    }

    /// What is to follow, and what was not done in time.
    private func plan(_ entry: LeadHistoryEntry) -> Told {
        switch entry.name {
        case LeadFollowUpSet.name:
            guard let event = try? entry.data.decode(LeadFollowUpSet.self) else { break }
            let heading = viewer.text("leads.told.next", ["time": viewer.instant(event.dueAt)])
            let why = event.why.shown(heading, viewer, names: names)
            return Told(icon: "call", heading: heading, text: event.note, why: why)
        case LeadNeedChanged.name:
            guard let event = try? entry.data.decode(LeadNeedChanged.self) else { break }
            let fields = event.changed.map { viewer.word("leads.fact", $0) }.joined(separator: viewer.text("why.comma"))
            return Told(heading: viewer.text("leads.told.need", ["fields": fields]))
        case LeadFollowUpDue.name:
            guard let event = try? entry.data.decode(LeadFollowUpDue.self) else { break }
            let heading = viewer.text("leads.told.call-due.\(event.step)")
            let why = event.why.shown(heading, viewer, names: names)
            return Told(icon: "system", tone: .warning, heading: heading, why: why)
        default: break
        }
        return Told(heading: entry.name.text)
    }

    private func name(_ id: StaffID) -> String { names[id] ?? viewer.text("common.unknown") }

    /// `staff:<id>` by name; channels and timers by theirs.
    private func actor(_ actor: String) -> String? {
        if let id = Cause(actor: actor).staffID { return name(id) }
        if actor.hasPrefix("channel:") { return viewer.channel(String(actor.dropFirst("channel:".count))) }
        return nil
    }
}
