import Contracts
import Foundation
import Web

/// The service desk's part of somebody's day: what waits for an answer, what is to be handed over.
struct TodayFragment: Sendable {
    let heading: String
    let all: String
    let cases: [Line]
    let handovers: [Line]
    let empty: String?

    /// One thing to do.
    struct Line: Sendable {
        let href: String
        let title: String
        let sub: String
        let badge: Badge?
        let clock: Web.Clock?
    }
}

extension TodayFragment {
    init(_ cases: [CaseLine], _ handovers: [HandoverLine], _ viewer: Viewer) {
        heading = viewer.text("today.after-sales")
        all = viewer.text("today.all-cases")
        self.cases = cases.map { TodayFragment.Line(case: $0, viewer) }
        self.handovers = handovers.map { TodayFragment.Line(handover: $0, viewer) }
        empty = cases.isEmpty && handovers.isEmpty ? viewer.text("today.nothing") : nil
    }
}

extension TodayFragment.Line {
    init(case line: CaseLine, _ viewer: Viewer) {
        let record = line.record
        self.init(
            href: "/service/cases/\(record.id)",
            title: record.title,
            sub: "\(record.number) · \(viewer.customer(line.customerName))",
            badge: record.isClockRunning ? nil : Badge(stateOf: record, viewer),
            clock: record.isClockRunning ? viewer.clock(due: record.responseDueAt) : nil
        )
    }

    init(handover line: HandoverLine, _ viewer: Viewer) {
        let record = line.record
        self.init(
            href: "/service/handovers/\(record.id)",
            title: "\(viewer.text("today.handover")): \(viewer.project(record.project)) \(record.unitNumber)",
            sub: viewer.customer(line.customerName),
            badge: record.isOpen ? nil : Badge(stateOf: record, viewer),
            clock: record.isOpen ? record.dueAt.map { viewer.clock(due: $0, soon: .seconds(7 * 86_400)) } : nil
        )
    }
}

/// What the desk knows of one customer, for the customer's page in Sales.
struct PersonFragment: Sendable {
    let heading: String
    let new: Action?
    let cases: [TodayFragment.Line]
    let handovers: [TodayFragment.Line]
    let empty: String?
}

extension PersonFragment {
    init(_ uid: UID, _ cases: [CaseLine], _ handovers: [HandoverLine], _ reach: Reach, _ viewer: Viewer) {
        heading = viewer.text("today.after-sales")
        new = reach.mayAct ? Action(viewer.text("case.new"), "/service/cases/new?uid=\(uid)") : nil
        self.cases = cases.map { TodayFragment.Line(case: $0, viewer) }
        self.handovers = handovers.map { TodayFragment.Line(handover: $0, viewer) }
        empty = cases.isEmpty && handovers.isEmpty ? viewer.text("person.nothing") : nil
    }
}
