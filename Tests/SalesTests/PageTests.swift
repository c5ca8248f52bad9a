import Failures
import Foundation
import Testing
import Web

@testable import Sales

/// Every template against samples of its view: no tag without a field, no section that no sample reaches.
@Suite struct PageTests {
    private let pages: Pages
    private let viewer: Viewer
    private let header: PageHeader
    private let fields: [Field]
    private let table: Table

    init() throws {
        pages = try Pages(service: "sales", folder: SalesResources.pages)
        viewer = pages.viewer(.english)
        header = PageHeader(
            "A",
            sub: "b",
            badges: [Badge("c", .good)],
            actions: [Action("d", "/sales/today", isPrimary: true), Action("e", "/sales/today", isPost: true)]
        )
        fields = [
            Field("a", "A", hint: "h", error: "e", isRequired: true, autocomplete: "name"), .area("b", "B"),
            .select("c", "C", [Field.Choice("1", "One", isChosen: true)]),
        ]
        let cells: [Table.Cell] = [.text("a", sub: "b"), .badge(Badge("c"))]
        table = Table(
            "T",
            [.init("A"), .init("B", isNumeric: true)],
            [Table.Row(id: "1", href: "/x", isNew: true, cells)],
            pager: Pager(first: "/x", next: "/y"),
            empty: Empty("", "")
        )
    }

    private var form: DealPage.FormView { DealPage.FormView(action: "/x", fields: fields) }
    private var entry: TimelineEntry {
        TimelineEntry(
            at: viewer.time(.now),
            icon: "deal",
            "A",
            text: "b",
            actor: "c",
            href: "/x",
            source: "d",
            why: Why("a", rule: "b", version: "v1", inputs: [Why.Input("c", "d")], otherwise: ["e"])
        )
    }

    @Test("sign-in")
    func signIn() {
        let full = SignInPage(viewer, next: LocalPath("/sales/deals"), email: "a", problem: "wrong")
        #expect(pages.verify("sign-in", with: full, SignInPage(viewer, next: LocalPath("/"))) == [])
    }

    @Test("another password")
    func password() {
        let refused = PasswordPage(viewer, refused: .invalid("new", "password-too-short", "short"))
        #expect(pages.verify("password", with: PasswordPage(viewer, problem: "wait"), refused) == [])
    }

    @Test("customers")
    func customers() {
        let links = [FilterLink("A", "/x", count: "1", isCurrent: true)]
        let page = CustomerListPage(header: header, filters: links, search: fields[0], table: table)
        #expect(pages.verify("customers", with: page) == [])
    }

    @Test("a customer, as the owner sees it and as somebody who may only look")
    func customer() {
        let full = CustomerPage(
            uid: "1",
            header: header,
            next: .init(text: "a", clock: viewer.clock(due: .now)),
            days: [
                TimelineDay(
                    label: "Today",
                    items: [
                        TimelineItem(entry), TimelineItem(TimelineFold(icon: "message", label: "2", entries: [entry])),
                    ]
                )
            ],
            hasTimeline: true,
            contact: .init(action: "/x", problem: "p", kind: fields, note: fields[1], next: fields),
            deal: .init(action: "/x", fields: fields),
            numbers: .init(action: "/x", reason: fields[0]),
            deals: table,
            facts: [Fact("a", "b", href: "/x")],
            need: "n",
            tags: .init(badges: [Badge("a")], href: "/x")
        )
        let bare = CustomerPage(
            uid: "1",
            header: header,
            next: nil,
            days: [],
            hasTimeline: false,
            contact: nil,
            deal: nil,
            numbers: nil,
            deals: nil,
            facts: [],
            need: nil,
            tags: nil
        )
        #expect(pages.verify("customer", with: full, bare) == [])
    }

    @Test("the board and a deal")
    func deals() {
        let card = Board.Card(
            id: "1",
            href: "/x",
            "A",
            lines: ["l"],
            figure: "f",
            move: "/x",
            choices: [.init("a", "A")]
        )
        let board = Board("B", [.init(id: "first-talk", "A", note: "n", [card])])
        let links = [FilterLink("A", "/x", isCurrent: true)]
        let full = DealBoardPage(header: header, filters: links, source: "/x", board: board, empty: Empty("a", "b"))
        #expect(pages.verify("deals", with: full) == [])
        #expect(pages.verify("deal-board", with: full) == [])
        let deal = DealPage(
            header: header,
            facts: [Fact("a", "b")],
            holds: table,
            timeline: [entry],
            stage: form,
            hold: form,
            contract: form,
            loss: form
        )
        let over = DealPage(
            header: header,
            facts: [],
            holds: nil,
            timeline: [],
            stage: nil,
            hold: nil,
            contract: nil,
            loss: nil
        )
        #expect(pages.verify("deal", with: deal, over) == [])
    }

    @Test("units and a unit")
    func units() {
        let tile = UnitGridPage.Tile(
            href: "/x",
            number: "1",
            layout: "l",
            area: "a",
            price: "p",
            state: "free",
            stateText: "Free"
        )
        let grid = UnitGridPage(
            header: header,
            filters: [FilterLink("A", "/x")],
            states: [FilterLink("A", "/x", isCurrent: true)],
            stats: [Stat("a", "1", href: "/x")],
            buildings: [.init(name: "1", free: "1", tiles: [tile])],
            empty: Empty("a", "b")
        )
        #expect(pages.verify("units", with: grid) == [])
        let clock = viewer.clock(due: .now)
        let unit = UnitPage(
            header: header,
            facts: [Fact("a", "b")],
            clock: clock,
            hold: form,
            hint: "h",
            release: Action("r", "/x", isPost: true)
        )
        #expect(pages.verify("unit", with: unit) == [])
    }

    @Test("today and the search")
    func today() {
        let shift = TodayPage.Shift(text: "on", label: "off", value: "false", isOnShift: true)
        let page = TodayPage(
            header: header,
            shift: shift,
            stats: [Stat("a", "1")],
            due: table,
            holds: table,
            forgotten: table,
            sells: true
        )
        #expect(pages.verify("today", with: page) == [])
        let found = SearchPage(
            header: header,
            customers: table,
            deals: table,
            units: table,
            none: "n",
            empty: Empty("a", "b"),
            others: ["/x"]
        )
        #expect(pages.verify("search", with: found) == [])
        #expect(pages.verify("shift", with: ShiftView(true, viewer), ShiftView(false, viewer)) == [])
    }
}
