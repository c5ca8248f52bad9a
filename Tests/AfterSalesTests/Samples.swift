import Contracts
import Foundation
import Messaging
import Testing
import Web

@testable import AfterSales

/// Views with everything in them, and with nothing: what templates are checked against.
struct Samples {
    let list: CaseListView
    let emptyList: CaseListView
    let fullCase: CaseView
    let closedCase: CaseView
    let search: NewCaseView
    let noSearch: NewCaseView
    let form: NewCaseView
    let handovers: HandoverListView
    let noHandovers: HandoverListView
    let openHandover: HandoverView
    let doneHandover: HandoverView
    let today: TodayFragment
    let quietDay: TodayFragment
    let person: PersonFragment
    let quietPerson: PersonFragment

    init(_ desk: Desk, _ pages: Pages) async throws {
        let viewer = pages.viewer(.english)
        let reach = try Reach(
            Principal(staffID: desk.supervisor.uuid, name: "S", email: "s@x.example", role: .supervisor, scope: .all)
        )
        let opened = try await desk.takes()
        let answered = try await desk.answers(try await desk.takes("answered").id)
        let closed = try answered.closed(with: "好了", at: answered.openedAt)
        let lines = [opened, answered].map { CaseLine(record: $0, customerName: "张三") }
        func content(_ lines: [CaseLine], next: String?) -> CaseListContent {
            CaseListContent(
                filter: CaseFilter(),
                lines: lines,
                names: [:],
                counts: [.open: lines.count],
                isFirstPage: next == nil,
                next: next
            )
        }
        list = CaseListView(content(lines, next: "abc"), mayAct: true, source: nil, viewer)
        emptyList = CaseListView(content([], next: nil), mayAct: true, source: nil, viewer)

        let customer = Customer(
            uid: desk.customer,
            name: "张三",
            phone: "+8613812345678",
            email: "zs@example.com",
            consent: Consent(),
            agentID: nil,
            agentTeamID: nil
        )
        let member = StaffMember(id: desk.supervisor, name: "S", role: "supervisor", isOnShift: false, isActive: true)
        func seen(_ record: Case) -> CaseContent {
            CaseContent(
                line: CaseLine(record: record, customerName: nil),
                customer: customer,
                entries: CaseEntry.Kind.allCases.map {
                    CaseEntry(
                        at: record.openedAt,
                        kind: $0,
                        staffID: desk.supervisor,
                        text: "1",
                        why: record.ownerWhy,
                        event: CaseOpened.name
                    )
                },
                names: [desk.supervisor: "S"],
                desk: [member]
            )
        }
        let refused = RefusedInput(form: "replies", value: "a", error: "too short")
        fullCase = CaseView(seen(opened), reach, refused: refused, viewer)
        closedCase = CaseView(seen(closed), reach, viewer)

        search = NewCaseView(looking: "张", found: [customer], viewer)
        noSearch = NewCaseView(looking: "", found: nil, viewer)
        let sold = HandoverLine(record: Handover(from: desk.contract(), at: opened.openedAt), customerName: "张三")
        form = NewCaseView(
            for: customer,
            handovers: [sold],
            NewCaseInput(errorField: "title", error: "Please write"),
            viewer
        )

        var due = sold.record
        due.completedAt = opened.openedAt
        due.note = "钥匙"
        let done = HandoverLine(record: due, customerName: nil)
        handovers = HandoverListView(isOpen: true, [sold], openCount: 1, isFirstPage: false, next: "abc", viewer)
        noHandovers = HandoverListView(isOpen: false, [], openCount: 0, isFirstPage: true, next: nil, viewer)
        let step = CareStep(
            handoverID: due.id,
            step: "decoration-guide",
            dueAt: opened.openedAt,
            sentAt: opened.openedAt,
            why: opened.ownerWhy
        )
        func seen(_ line: HandoverLine) -> HandoverContent {
            HandoverContent(line: line, customer: customer, care: [step], names: [:])
        }
        openHandover = HandoverView(seen(sold), reach, refused: RefusedDate(note: "", date: "", error: "?"), viewer)
        doneHandover = HandoverView(seen(done), reach, viewer)

        today = TodayFragment(lines, [sold, done], viewer)
        quietDay = TodayFragment([], [], viewer)
        person = PersonFragment(desk.customer, lines, [sold], reach, viewer)
        quietPerson = PersonFragment(desk.customer, [], [], reach, viewer)
    }
}
