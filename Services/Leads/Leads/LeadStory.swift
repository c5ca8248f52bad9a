import Contracts
import Foundation
import Messaging
import Web

/// Everything that the page of a lead shows, as it was read.
struct LeadStory: Sendable {
    /// So many events are told at once.
    static let shown = 100

    let view: LeadView
    let person: Person?
    /// One more than are told, where there are earlier ones.
    let history: [LeadHistoryEntry]
    /// Later ones are not among them.
    let isFromBefore: Bool
    let touches: [LedgerView]
    let names: [StaffID: String]
    let agents: [StaffMember]
    let mayAct: Bool
    /// Who may be the same person, by what they are called; a link for whoever decides that.
    var doubles: [(review: Review, name: String?)] = []
    /// By which means the person cannot be reached.
    var unreachable: [Unreachable] = []
    let growth: LeadGrowth

    func page(_ viewer: Viewer) throws -> LeadPage {
        let lead = view.lead
        return try LeadPage(
            header: PageHeader(
                view.heading(viewer),
                sub: [lead.project.map(viewer.project), lead.district, viewer.channel(lead.channel)].compactMap { $0 }
                    .joined(separator: " · "),
                badges: [view.gradeBadge(viewer), view.statusBadge(viewer)],
                actions: [
                    Action(viewer.text("leads.open-customer"), "/sales/customers/\(lead.uid)", isPrimary: true),
                    Action(viewer.text("leads.explain"), "/leads/leads/\(lead.id)/explain"),
                    Action(viewer.text("leads.open-person"), "/leads/persons/\(lead.uid)"),
                ]
            ),
            due: view.clock(viewer).map { LeadPage.Due(label: dueLabel(viewer), clock: $0) },
            acts: acts(viewer),
            message: view.message,
            facts: facts(viewer),
            timeline: told.reversed().map { LeadTimeline(names: names, viewer: viewer).entry($0) },
            pager: pager,
            touches: touchTable(viewer),
            tags: growth.tagsPane(mayAct: mayAct, viewer),
            nurture: growth.nurturePane(mayAct: mayAct, viewer),
            need: lead.status.isOpen && mayAct ? NeedForm(lead.id, view.need, viewer) : nil,
            next: lead.status.isOpen && lead.ownerID != nil && mayAct ? nextForm(viewer) : nil,
            discard: lead.status.isOpen && mayAct ? discardForm(viewer) : nil,
            reopen: lead.status == .discarded && mayAct ? reopenForm(viewer) : nil,
            assign: agents.isEmpty ? nil : assignForm(viewer)
        )
    }

    private var told: ArraySlice<LeadHistoryEntry> { history.suffix(Self.shown) }

    /// To what happened earlier, and back.
    private var pager: Pager? {
        let path = "/leads/leads/\(view.lead.id)"
        let earlier = history.count > Self.shown ? told.first.map { "\(path)?before=\($0.sequence)#lead-story" } : nil
        guard isFromBefore || earlier != nil else { return nil }
        return Pager(first: isFromBefore ? "\(path)#lead-story" : nil, next: earlier)
    }

    private func dueLabel(_ viewer: Viewer) -> String {
        guard view.lead.status == .contacted, let action = view.nextAction(viewer) else {
            return viewer.text("leads.answer-by")
        }
        return viewer.text("leads.next.is", ["action": action])
    }

    /// Calling and writing down what came of it, for whoever the lead is.
    private func acts(_ viewer: Viewer) -> [Action] {
        guard view.lead.status.isOpen, viewer.principal?.leadSight.isResponsible(for: view.belonging) == true else {
            return []
        }
        let call = view.phone.map { Action(viewer.text("leads.call"), "tel:\($0)", isPrimary: true) }
        return (call.map { [$0] } ?? []) + [
            Action(viewer.text("leads.log-contact"), "/sales/customers/\(view.lead.uid)#contact")
        ]
    }

    private func facts(_ viewer: Viewer) -> [Fact] {
        let parts = [
            identifiers(viewer), unreachable.map { $0.fact(viewer) }, [grade(viewer)], growth.facts(viewer),
            [owner(viewer)], nextAction(viewer), doubles.map { double($0.review, $0.name, viewer) }, wishes(viewer),
            outcome(viewer),
        ]
        return parts.flatMap(\.self)
    }

    private func identifiers(_ viewer: Viewer) -> [Fact] {
        let isMasked = !(viewer.principal?.leadSight.isResponsible(for: view.belonging) ?? false)
        return (person?.identifiers ?? []).map {
            Fact(viewer.text("leads.fact.\($0.kind.rawValue)"), $0.shown(viewer, masked: isMasked))
        }
    }

    private func grade(_ viewer: Viewer) -> Fact {
        let grade = view.lead.grade.rawValue
        return Fact(
            viewer.text("leads.fact.grade"),
            grade,
            why: view.gradeWhy.shown(viewer.text("leads.why.grade", ["grade": grade]), viewer, names: names)
        )
    }

    private func owner(_ viewer: Viewer) -> Fact {
        let owner = view.ownerText(viewer)
        return Fact(
            viewer.text("leads.fact.owner"),
            owner,
            why: view.ownerWhy.shown(viewer.text("leads.why.owner", ["owner": owner]), viewer, names: names)
        )
    }

    private func nextAction(_ viewer: Viewer) -> [Fact] {
        guard let action = view.nextAction(viewer) else { return [] }
        return [
            Fact(
                viewer.text("leads.next.title"),
                view.nextAt.map { "\(action) · \(viewer.instant($0))" } ?? action,
                href: view.hasDeal ? "/sales/customers/\(view.lead.uid)" : nil,
                why: view.nextWhy?.shown(viewer.text("leads.next.why"), viewer, names: names)
            )
        ]
    }

    private func double(_ review: Review, _ name: String?, _ viewer: Viewer) -> Fact {
        let mayDecide = viewer.principal?.leadSight.mayLead ?? false
        return Fact(
            viewer.text("leads.fact.double"),
            name ?? viewer.text("leads.nameless"),
            href: mayDecide ? "/leads/reviews/\(review.id.wire)" : nil,
            why: review.why.shown(viewer.text("reviews.found"), viewer, names: names)
        )
    }

    private func wishes(_ viewer: Viewer) -> [Fact] {
        guard let need = view.need else { return [] }
        func list(_ key: String, _ values: [String]?) -> Fact? {
            guard let values, !values.isEmpty else { return nil }
            return Fact(viewer.text(key), values.joined(separator: viewer.language == .chinese ? "、" : ", "))
        }
        let currency = need.budget?.currency ?? "CNY"
        let amounts = [need.budget?.min, need.budget?.max].compactMap { $0 }.map { viewer.moneyShort($0, currency) }
        let areas = [need.area?.min, need.area?.max].compactMap { $0 }.map { viewer.area($0) }
        return [
            need.purpose.map { Fact(viewer.text("leads.fact.purpose"), viewer.word("purpose", $0)) },
            list("leads.fact.projects", need.projects?.map(viewer.project)),
            list("leads.fact.districts", need.districts),
            list("leads.fact.layouts", need.layouts?.map(viewer.layout)),
            amounts.isEmpty ? nil : Fact(viewer.text("leads.fact.budget"), amounts.joined(separator: " – ")),
            areas.isEmpty ? nil : Fact(viewer.text("leads.fact.area"), areas.joined(separator: " – ")),
            need.timeframe.map { Fact(viewer.text("leads.fact.timeframe"), viewer.word("timeframe", $0)) },
            view.needSetBy.map { by in
                let name = names[by] ?? viewer.text("common.unknown")
                let parts = [name, view.needSetAt.map { viewer.relative($0) }].compactMap(\.self)
                return Fact(viewer.text("leads.fact.need-by"), parts.joined(separator: " · "))
            },
        ].compactMap { $0 }
    }

    private func outcome(_ viewer: Viewer) -> [Fact] {
        [
            view.campaign.map { Fact(viewer.text("leads.fact.campaign"), $0) },
            view.dealID.map { _ in
                Fact(
                    viewer.text("leads.fact.deal"),
                    viewer.text("leads.deal.\(view.dealOutcome ?? "open")"),
                    href: "/sales/deals"
                )
            },
            view.discardReason.map { Fact(viewer.text("leads.fact.discarded"), viewer.text("leads.reason.\($0)")) },
            view.discardNote.map { Fact(viewer.text("leads.fact.note"), $0) },
        ].compactMap { $0 }
    }

    private func touchTable(_ viewer: Viewer) -> Table {
        Table(
            viewer.text("leads.touches"),
            ["channel", "outcome", "received"].map { Table.Column(viewer.text("ledger.column.\($0)")) },
            touches.map { $0.touchRow(viewer) },
            empty: Empty(viewer.text("ledger.empty.heading"), viewer.text("ledger.empty.text"))
        )
    }
}
