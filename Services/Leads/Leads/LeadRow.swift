import Contracts
import Foundation
import Web

extension Grade {
    var tone: Badge.Tone {
        switch self {
        case .a: .accent
        case .b, .c: .neutral
        }
    }
}

extension Lead.Status {
    var tone: Badge.Tone {
        switch self {
        case .open: .accent
        case .contacted: .neutral
        case .converted: .good
        case .discarded, .merged: .neutral
        }
    }
}

extension LeadView {
    func gradeBadge(_ viewer: Viewer) -> Badge {
        Badge(viewer.text("leads.grade", ["grade": lead.grade.rawValue]), lead.grade.tone)
    }

    func statusBadge(_ viewer: Viewer) -> Badge {
        Badge(viewer.text("leads.status.\(lead.status.rawValue)"), lead.status.tone)
    }

    /// What the person is called, or how they are reached when no name is known.
    func heading(_ viewer: Viewer) -> String {
        personName ?? phone.map { shownPhone($0, viewer) } ?? viewer.text("leads.nameless")
    }

    /// Whole for whoever looks after the lead, masked for others.
    func shownPhone(_ phone: String, _ viewer: Viewer) -> String {
        let isResponsible = viewer.principal?.leadSight.isResponsible(for: belonging) ?? false
        return viewer.phone(phone, masked: !isResponsible)
    }

    /// Where it came from and what it is about: River Park · Website.
    func origin(_ viewer: Viewer) -> String {
        [lead.project.map(viewer.project), viewer.channel(lead.channel)].compactMap { $0 }.joined(separator: " · ")
    }

    func ownerText(_ viewer: Viewer) -> String {
        if lead.ownerID == nil { return viewer.text("leads.in-pool") }
        return ownerName ?? viewer.text("common.unknown")
    }

    /// Runs while nobody has answered, and until the next call is made.
    func clock(_ viewer: Viewer) -> Clock? {
        callBy.map { viewer.clock(due: $0, soon: lead.status == .open ? .seconds(300) : .seconds(3_600)) }
    }

    /// What is to be done next; of a lead that nobody has answered that goes without saying.
    ///
    /// While Sales has a deal with the person, that goes on; what was agreed goes before it.
    func nextAction(_ viewer: Viewer) -> String? {
        guard isFollowed, nextAt != nil || hasDeal else { return nil }
        if let nextNote { return nextNote }
        guard hasDeal else { return viewer.text("leads.next.call") }
        guard lead.status == .converted, let dealStage else { return viewer.text("leads.next.deal") }
        return viewer.text("leads.next.deal-at", ["stage": viewer.word("leads.deal-stage", dealStage)])
    }

    /// The learned probability, and what that means in words.
    private func probability(_ viewer: Viewer) -> Table.Cell {
        percent.map { .text(Score.percent($0), sub: viewer.odds(percent: $0)) } ?? .text("—")
    }

    func row(_ viewer: Viewer, canBeTicked: Bool = false) -> Table.Row {
        let phoneText = phone.map { shownPhone($0, viewer) }
        return Table.Row(
            id: lead.id.description,
            href: "/leads/leads/\(lead.id)",
            isNew: lead.status == .open,
            tick: canBeTicked && (lead.status.isOpen || lead.status == .discarded)
                ? .init(form: "bulk", name: "lead", value: lead.id.description, label: heading(viewer)) : nil,
            shortcuts: canBeTicked && lead.status.isOpen
                ? [.init("c", "/sales/customers/\(lead.uid)#contact")] : [],
            [
                .text(heading(viewer), sub: personName == nil ? nil : phoneText),
                .badge(gradeBadge(viewer)),
                probability(viewer),
                .badge(statusBadge(viewer)),
                .text(ownerText(viewer)),
                .text(viewer.channel(lead.channel), sub: lead.project.map(viewer.project)),
                .time(viewer.time(lead.receivedAt)),
                .clock(clock(viewer), sub: nextAction(viewer)),
            ]
        )
    }

    static func columns(_ viewer: Viewer) -> [Table.Column] {
        ["person", "grade", "percent", "status", "owner", "channel", "received", "due"].map {
            Table.Column(viewer.text("leads.column.\($0)"))
        }
    }
}

extension Contracts.Why {
    /// The same for a page, under a sentence in the viewer's language.
    func shown(_ sentence: String, _ viewer: Viewer, names: [StaffID: String]) -> Web.Why {
        let known = Dictionary(names.map { ($0.key.description, $0.value) }) { first, _ in first }
        return viewer.why(self, sentence: sentence, names: known)
    }
}
