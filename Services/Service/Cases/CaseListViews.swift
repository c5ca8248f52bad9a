import Contracts
import Foundation
import Web

/// The list of cases.
struct CaseListView: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let kinds: KindFilters
    /// Where the table alone is, for when it has changed.
    let source: String
    let table: Table

    /// The second row of filters, in a struct of its own since the component reads `filters`.
    struct KindFilters: Sendable {
        let filters: [FilterLink]
    }
}

/// What the list of cases is made from.
struct CaseListContent: Sendable {
    let filter: CaseFilter
    let lines: [CaseLine]
    let names: [StaffID: String]
    let counts: [CaseFilter.Show: Int]
    let isFirstPage: Bool
    /// The cursor of the next page.
    let next: String?
}

extension CaseListView {
    init(_ content: CaseListContent, mayAct: Bool, source query: String?, _ viewer: Viewer) {
        source = "/service/fragments/cases" + (query.map { "?\($0)" } ?? "")
        let filter = content.filter
        header = PageHeader(
            viewer.text("cases.title"),
            sub: viewer.text("cases.sub"),
            actions: [Action(viewer.text("handovers.title"), "/service/handovers")]
                + (mayAct ? [Action(viewer.text("case.new"), "/service/cases/new", isPrimary: true)] : [])
        )
        let shows: [CaseFilter.Show] = mayAct ? [.open, .mine, .overdue, .closed] : [.open, .overdue, .closed]
        filters = shows.map { show in
            FilterLink(
                viewer.text("cases-show.\(show.rawValue)"),
                Self.path(show, filter.kind),
                count: content.counts[show].map { viewer.number($0) },
                isCurrent: show == filter.show
            )
        }
        kinds = KindFilters(
            filters: [
                FilterLink(viewer.text("case-kind.all"), Self.path(filter.show, nil), isCurrent: filter.kind == nil)
            ]
                + Case.Kind.allCases.map { kind in
                    FilterLink(
                        viewer.text("case-kind.\(kind.rawValue)"),
                        Self.path(filter.show, kind),
                        isCurrent: kind == filter.kind
                    )
                }
        )
        let pager = Pager(
            first: content.isFirstPage ? nil : Self.path(filter.show, filter.kind),
            next: content.next.map { Self.path(filter.show, filter.kind) + "&cursor=\($0)" }
        )
        table = Table(
            viewer.text("cases.caption"),
            Self.columns(viewer),
            content.lines.map { Table.Row(case: $0, names: content.names, viewer) },
            pager: pager.first == nil && pager.next == nil ? nil : pager,
            empty: Self.empty(filter, mayAct: mayAct, viewer)
        )
    }

    private static func path(_ show: CaseFilter.Show, _ kind: Case.Kind?) -> String {
        "/service/cases?show=\(show.rawValue)" + (kind.map { "&kind=\($0.rawValue)" } ?? "")
    }

    private static func empty(_ filter: CaseFilter, mayAct: Bool, _ viewer: Viewer) -> Empty {
        Empty(
            viewer.text("cases-empty.\(filter.show.rawValue)"),
            viewer.text("cases-empty.text"),
            action: mayAct ? Action(viewer.text("case.new"), "/service/cases/new", isPrimary: true) : nil
        )
    }
}

/// The cases that a search has found.
struct CaseSearchView: Sendable {
    let heading: String
    let table: Table

    init(_ lines: [CaseLine], _ names: [StaffID: String], _ viewer: Viewer) {
        heading = viewer.text("cases.title")
        table = Table(
            viewer.text("cases.caption"),
            CaseListView.columns(viewer),
            lines.map { Table.Row(case: $0, names: names, viewer) },
            empty: Empty("", "")
        )
    }
}

extension CaseListView {
    static func columns(_ viewer: Viewer) -> [Table.Column] {
        ["title", "customer", "kind", "owner", "clock", "opened"].map {
            Table.Column(viewer.text("cases-column.\($0)"))
        }
    }
}

extension Table.Row {
    /// A case in a list.
    init(case line: CaseLine, names: [StaffID: String], _ viewer: Viewer) {
        let record = line.record
        self.init(
            id: record.id.description,
            href: "/service/cases/\(record.id)",
            isNew: record.isClockRunning,
            [
                .text(record.title, sub: record.number),
                .text(viewer.customer(line.customerName)),
                .badge(Badge(viewer.text("case-kind.\(record.kind.rawValue)"))),
                .text(viewer.person(record.ownerID.flatMap { names[$0] })),
                record.isClockRunning
                    ? .clock(viewer.clock(due: record.responseDueAt)) : .badge(Badge(stateOf: record, viewer)),
                .time(viewer.time(record.openedAt)),
            ]
        )
    }
}

extension Badge {
    /// Where a case stands.
    init(stateOf record: Case, _ viewer: Viewer) {
        if record.isOverdue(at: viewer.now) {
            self.init(viewer.text("case-state.overdue"), .bad)
            return
        }
        let tone: Badge.Tone =
            switch record.state {
            case "new": .accent
            case "answered": .neutral
            default: .good
            }
        self.init(viewer.text("case-state.\(record.state)"), tone)
    }
}
