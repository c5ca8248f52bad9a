import Contracts
import Foundation
import Web

/// The list of hand-overs.
struct HandoverListView: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let table: Table
}

extension HandoverListView {
    /// `next` is the cursor of the next page.
    init(
        isOpen: Bool,
        _ lines: [HandoverLine],
        openCount: Int,
        isFirstPage: Bool,
        next: String?,
        _ viewer: Viewer
    ) {
        let path = "/service/handovers?status=\(isOpen ? "open" : "completed")"
        header = PageHeader(
            viewer.text("handovers.title"),
            sub: viewer.text("handovers.sub"),
            actions: [Action(viewer.text("cases.title"), "/service/cases")]
        )
        filters = [
            FilterLink(
                viewer.text("handovers-show.open"),
                "/service/handovers?status=open",
                count: viewer.number(openCount),
                isCurrent: isOpen
            ),
            FilterLink(
                viewer.text("handovers-show.completed"),
                "/service/handovers?status=completed",
                isCurrent: !isOpen
            ),
        ]
        let pager = Pager(first: isFirstPage ? nil : path, next: next.map { "\(path)&cursor=\($0)" })
        table = Table(
            viewer.text("handovers.title"),
            ["unit", "customer", isOpen ? "due" : "done", "state"]
                .map { Table.Column(viewer.text("handovers-column.\($0)")) },
            lines.map { Table.Row(handover: $0, viewer) },
            pager: pager.first == nil && pager.next == nil ? nil : pager,
            empty: Empty(
                viewer.text(isOpen ? "handovers.none-open" : "handovers.none-completed"),
                viewer.text("handovers.none-text")
            )
        )
    }
}

extension Table.Row {
    /// A hand-over in a list.
    init(handover line: HandoverLine, _ viewer: Viewer) {
        let record = line.record
        let when: Table.Cell =
            if let done = record.completedAt {
                .time(viewer.time(done))
            } else {
                .clock(record.dueAt.map { viewer.clock(due: $0, soon: .seconds(7 * 86_400)) })
            }
        self.init(
            id: record.id.description,
            href: "/service/handovers/\(record.id)",
            [
                .text("\(viewer.project(record.project)) \(record.unitNumber)", sub: record.contractNumber),
                .text(viewer.customer(line.customerName)),
                when,
                .badge(Badge(stateOf: record, viewer)),
            ]
        )
    }
}

extension Badge {
    /// Where a hand-over stands.
    init(stateOf record: Handover, _ viewer: Viewer) {
        if record.isOverdue(at: viewer.now) {
            self.init(viewer.text("handover-state.overdue"), .bad)
        } else {
            self.init(
                viewer.text(record.isOpen ? "handover-state.open" : "handover-state.completed"),
                record.isOpen ? .accent : .good
            )
        }
    }
}

/// The page of one hand-over.
struct HandoverView: Sendable {
    let header: PageHeader
    let completion: DateForm?
    let correction: DateForm?
    let timeline: [TimelineEntry]
    let facts: [Fact]

    /// A form that ends with a date.
    struct DateForm: Sendable {
        let heading: String
        let action: String
        let fields: [Field]
        let button: String
    }
}

/// What the page of a hand-over is made from.
struct HandoverContent: Sendable {
    let line: HandoverLine
    let customer: Customer?
    let care: [CareStep]
    let names: [StaffID: String]
}

/// What somebody had typed when it was refused.
struct RefusedDate: Sendable {
    let note: String
    let date: String
    let error: String
}

extension HandoverView {
    init(_ content: HandoverContent, _ reach: Reach, refused: RefusedDate? = nil, _ viewer: Viewer) {
        let record = content.line.record
        let path = "/service/handovers/\(record.id)"
        let date = Field(
            "completedAt",
            viewer.text("handover.completed-at"),
            value: refused?.date ?? viewer.fieldText(record.completedAt ?? viewer.now),
            type: "datetime-local",
            error: refused?.error,
            isRequired: true
        )
        let note = Field.area(
            "note",
            viewer.text("handover.note"),
            value: refused?.note ?? "",
            hint: viewer.text("handover.note-hint")
        )
        header = PageHeader(
            "\(viewer.project(record.project)) \(record.unitNumber)",
            sub: viewer.customer(content.line.customerName),
            badges: [Badge(stateOf: record, viewer)],
            actions: reach.mayAct
                ? [Action(viewer.text("case.new"), "/service/cases/new?uid=\(record.uid)")] : []
        )
        completion =
            record.isOpen && reach.mayAct
            ? DateForm(
                heading: viewer.text("handover.complete"),
                action: "\(path)/complete",
                fields: [date, note],
                button: viewer.text("handover.complete-button")
            ) : nil
        correction =
            !record.isOpen && reach.mayLead
            ? DateForm(
                heading: viewer.text("handover.correct"),
                action: "\(path)/date",
                fields: [date],
                button: viewer.text("handover.correct-button")
            ) : nil
        timeline = Self.timeline(content, viewer)
        facts = Self.facts(content, reach, viewer)
    }

    private static func facts(_ content: HandoverContent, _ reach: Reach, _ viewer: Viewer) -> [Fact] {
        let record = content.line.record
        let isMasked = !reach.isResponsible(owner: record.completedBy, agent: content.customer?.agentID)
        var facts = [
            Fact(
                viewer.text("case.customer"),
                viewer.customer(content.line.customerName),
                href: "/sales/customers/\(record.uid)"
            ),
            Fact(viewer.text("handover.contract"), record.contractNumber),
            Fact(viewer.text("handover.area"), viewer.area(record.area)),
        ]
        if let phone = content.customer?.phone {
            facts.insert(Fact(viewer.text("case.phone"), viewer.phone(phone, masked: isMasked)), at: 1)
        }
        if let due = record.dueAt { facts.append(Fact(viewer.text("handover.due"), viewer.day(due))) }
        if let done = record.completedAt {
            facts.append(Fact(viewer.text("handover.completed-at"), viewer.instant(done)))
            facts.append(
                Fact(viewer.text("handover.by"), viewer.person(record.completedBy.flatMap { content.names[$0] }))
            )
        }
        if let note = record.note { facts.append(Fact(viewer.text("handover.note"), note)) }
        return facts
    }

    /// What happened, and what is planned, in the order of time.
    private static func timeline(_ content: HandoverContent, _ viewer: Viewer) -> [TimelineEntry] {
        let record = content.line.record
        var entries = [
            TimelineEntry(
                at: viewer.time(record.openedAt),
                icon: "unit",
                viewer.text("handover-entry.opened"),
                source: HandoverOpened.name.text
            )
        ]
        if let done = record.completedAt {
            entries.append(
                TimelineEntry(
                    at: viewer.time(done),
                    icon: "deal",
                    tone: .good,
                    viewer.text("handover-entry.completed"),
                    text: record.note,
                    actor: viewer.person(record.completedBy.flatMap { content.names[$0] }),
                    source: HandoverCompleted.name.text
                )
            )
        }
        return entries
            + content.care.map { step in
                TimelineEntry(
                    at: viewer.time(step.sentAt ?? step.dueAt),
                    icon: "care",
                    tone: step.sentAt == nil ? .neutral : .accent,
                    viewer.word("care-step", step.step),
                    text: viewer.text(
                        step.sentAt == nil ? "care.planned" : "care.sent",
                        ["time": viewer.instant(step.dueAt)]
                    ),
                    source: step.sentAt == nil ? nil : CareDue.name.text,
                    why: Web.Why(step.why, viewer)
                )
            }
    }
}
