import Foundation
import Web

/// Pages like those of the services, with people who do not exist: what the components are tried and looked at with.
struct DemoPages {
    let viewer: Viewer

    static let now = Date(timeIntervalSince1970: 1_795_305_600)
    static let agent = Principal(
        staffID: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
        name: "林晓",
        email: "lin.xiao@example.com",
        role: .agent,
        scope: .own
    )

    struct Leads: Sendable {
        let header: PageHeader
        let filters: [FilterLink]
        let table: Table
    }

    struct Record: Sendable {
        let header: PageHeader
        let timeline: [TimelineEntry]
        let facts: [Fact]
        let fields: [Field]
    }

    struct Deals: Sendable {
        let header: PageHeader
        let board: Board
    }

    struct SignInPage: Sendable {
        let lead: String
        let fields: [Field]
    }

    struct Today: Sendable {
        let header: PageHeader
        let stats: [Stat]
        let dueHeading: String
        let due: Table
        let cases: Table
    }

    private func say(_ english: String, _ chinese: String) -> String {
        viewer.language == .english ? english : chinese
    }

    private func ago(_ minutes: Double) -> Date { Self.now.addingTimeInterval(-minutes * 60) }

    private var columns: [Table.Column] {
        [
            Table.Column(say("Name", "姓名")), Table.Column(say("Grade", "等级")),
            Table.Column(say("First response", "首次响应")), Table.Column(say("Channel", "渠道")),
            Table.Column(say("Owner", "归属")), Table.Column(say("Budget", "预算"), isNumeric: true),
            Table.Column(say("Arrived", "到达")),
        ]
    }

    private func row(
        _ id: String,
        _ name: String,
        _ phone: String,
        _ grade: String,
        _ due: Double?,
        _ budget: Int64,
        _ minutes: Double
    ) -> Table.Row {
        let tone: Badge.Tone = grade == "A" ? .accent : grade == "B" ? .neutral : .warning
        return Table.Row(
            id: id,
            href: "/leads/leads/\(id)",
            isNew: minutes < 10,
            [
                .text(name, sub: viewer.phone(phone, masked: true)), .badge(Badge(grade, tone)),
                .clock(due.map { viewer.clock(due: Self.now.addingTimeInterval($0 * 60), soon: .seconds(300)) }),
                .text(say("Douyin", "抖音"), sub: "autumn-2026"), .text("林晓"), .text(viewer.moneyShort(budget, "CNY")),
                .time(viewer.time(ago(minutes))),
            ]
        )
    }

    private var rows: [Table.Row] {
        [
            row("1", "张敏", "+8613812345678", "A", 3.2, 452_000_000, 2),
            row("2", "Chen Wei", "+8613900001111", "A", -4, 380_000_000, 9),
            row("3", "王建国", "+8618600002222", "B", 42, 265_000_000, 26),
            row("4", "Olivia Hart", "+16502530000", "B", 180, 1_250_000_000, 190),
            row("5", "赵倩", "+8615000003333", "C", nil, 98_000_000, 1_500),
            row("6", "李志远", "+8613700004444", "C", nil, 188_000_000, 4_320),
        ]
    }

    var empty: Empty {
        Empty(
            say("No leads yet", "还没有线索"),
            say(
                "Leads from every channel arrive here by themselves. Connect the first channel to begin.",
                "各渠道的线索会自动到达这里。连接第一个渠道即可开始。"
            ),
            action: Action(say("Connect a channel", "连接渠道"), "/leads/channels", isPrimary: true)
        )
    }

    var leads: Leads {
        Leads(
            header: PageHeader(
                viewer.text("nav.leads"),
                sub: say("6 open, 1 overdue", "6 条跟进中,1 条已超时"),
                actions: [Action(say("New lead", "新建线索"), "/leads/leads/new", isPrimary: true)]
            ),
            filters: [
                FilterLink(viewer.text("common.mine"), "?owner=me", count: "6", isCurrent: true),
                FilterLink(say("Unassigned", "公海"), "?owner=none", count: "14"),
                FilterLink(say("Overdue", "已超时"), "?due=late", count: "1"),
                FilterLink(viewer.text("common.all"), "?", count: "128"),
            ],
            table: Table(
                say("Leads, newest first", "线索,最新在前"),
                columns,
                rows,
                pager: Pager(first: "/leads/leads", next: "/leads/leads?cursor=x"),
                empty: empty
            )
        )
    }

    var noLeads: Leads {
        Leads(
            header: PageHeader(viewer.text("nav.leads")),
            filters: [],
            table: Table(say("Leads", "线索"), columns, [], empty: empty)
        )
    }

    private var gradeWhy: Why {
        Why(
            say("Grade A: a buyer with a budget who wants to move within three months.", "A 级:有预算,三个月内购房。"),
            rule: say("Budget and timeframe", "预算与时间"),
            version: "v3",
            inputs: [
                Why.Input(say("Budget", "预算"), viewer.moneyShort(452_000_000, "CNY")),
                Why.Input(say("Timeframe", "时间"), say("3 months", "3 个月")),
            ],
            otherwise: [say("Without a budget it would be grade B.", "若无预算则为 B 级。")]
        )
    }

    private var ownerWhy: Why {
        Why(
            say("Lin Xiao is on shift and has room for four more.", "林晓当值,尚可接待四位客户。"),
            rule: say("River Park, in turn", "江畔花园轮流分配"),
            version: "v7",
            inputs: [Why.Input(say("Open leads", "跟进中"), "6 / 10")]
        )
    }

    var record: Record {
        Record(
            header: PageHeader(
                "张敏",
                sub: say("138 **** 5678 · wants 3 rooms in Pudong", "138 **** 5678 · 浦东 三居"),
                badges: [Badge(say("Grade A", "A 级"), .accent), Badge(say("New", "新线索"), .neutral)],
                actions: [
                    Action(say("Log a call", "记录电话"), "#log", isPrimary: true),
                    Action(say("Open a deal", "开启成交"), "/sales/deals", isPost: true),
                ]
            ),
            timeline: timeline,
            facts: [
                Fact(
                    say("Due", "截止"),
                    say("Call within 5 minutes", "5 分钟内回电"),
                    badge: Badge(say("3 minutes left", "剩余 3 分钟"), .warning)
                ),
                Fact(say("Grade", "等级"), "A", why: gradeWhy), Fact(say("Owner", "归属"), "林晓", why: ownerWhy),
                Fact(say("Phone", "电话"), viewer.phone("+8613812345678", masked: true)),
                Fact(say("Budget", "预算"), viewer.money(452_000_000, "CNY")),
                Fact(say("Area", "面积"), "89 – \(viewer.area(120))"),
                Fact(say("Channel", "渠道"), say("Douyin", "抖音"), href: "/leads/channels/douyin"),
            ],
            fields: [
                Field.select(
                    "kind",
                    say("Contact", "联系方式"),
                    [
                        Field.Choice("call", say("Call", "电话"), isChosen: true),
                        Field.Choice("visit", say("Viewing", "带看")),
                    ],
                    isRequired: true
                ),
                Field.area(
                    "note",
                    say("What was said", "沟通内容"),
                    hint: say("The customer never sees this.", "客户看不到此内容。")
                ),
                Field(
                    "next",
                    say("Next contact", "下次联系"),
                    type: "datetime-local",
                    error: say("Choose a time in the future.", "请选择将来的时间。"),
                    autocomplete: "off"
                ),
            ]
        )
    }

    private var timeline: [TimelineEntry] {
        [
            TimelineEntry(
                at: viewer.time(ago(1)),
                icon: "message",
                tone: .good,
                say("Message delivered", "短信已送达"),
                text: say("Thank you for your enquiry. Lin Xiao will call you shortly.", "感谢您的咨询,林晓将尽快与您联系。"),
                actor: say("By SMS", "短信"),
                source: "notify.message.delivered"
            ),
            TimelineEntry(
                at: viewer.time(ago(2)),
                icon: "customers",
                tone: .accent,
                say("Assigned to Lin Xiao", "已分配给林晓"),
                source: "leads.lead.assigned",
                why: ownerWhy
            ),
            TimelineEntry(
                at: viewer.time(ago(2)),
                icon: "lead",
                tone: .accent,
                say("Enquiry from Douyin", "来自抖音的咨询"),
                text: "周末可以看房吗?",
                href: "/leads/leads/1",
                source: "leads.lead.received"
            ),
            TimelineEntry(
                at: viewer.time(ago(43_200)),
                icon: "case",
                tone: .warning,
                say("Earlier enquiry closed without an answer", "早前咨询未回复关闭"),
                actor: "王磊",
                source: "leads.lead.discarded"
            ),
        ]
    }

    private func card(
        _ id: String,
        _ name: String,
        _ unit: String,
        _ amount: Int64,
        due: Double? = nil,
        badge: Badge? = nil
    )
        -> Board.Card
    {
        Board.Card(
            id: id,
            href: "/sales/deals/\(id)",
            name,
            lines: [unit],
            figure: viewer.moneyShort(amount, "CNY"),
            badges: badge.map { [$0] } ?? [],
            clock: due.map { viewer.clock(due: Self.now.addingTimeInterval($0 * 60)) },
            move: "/sales/deals/\(id)/stage",
            choices: [
                Field.Choice("offer", say("Offer", "认购")),
                Field.Choice("contract", say("Contract", "签约"), isChosen: true),
            ]
        )
    }

    var deals: Deals {
        Deals(
            header: PageHeader(
                viewer.text("nav.deals"),
                sub: say("11 open, ¥ 42.1M", "11 笔进行中,4,210 万"),
                actions: [Action(say("New deal", "新建成交"), "/sales/deals/new", isPrimary: true)]
            ),
            board: Board(
                viewer.text("nav.deals"),
                [
                    .init(
                        id: "viewing",
                        say("Viewing", "带看"),
                        note: viewer.moneyShort(1_020_000_000, "CNY"),
                        [
                            card("1", "张敏", say("River Park 3-1201, 96 m²", "江畔花园 3-1201,96 m²"), 452_000_000, due: 25),
                            card(
                                "2",
                                "Chen Wei",
                                say("River Park 5-0802, 118 m²", "江畔花园 5-0802,118 m²"),
                                568_000_000,
                                due: 1_500
                            ),
                        ]
                    ),
                    .init(
                        id: "offer",
                        say("Reservation", "认购"),
                        note: viewer.moneyShort(265_000_000, "CNY"),
                        [
                            card(
                                "3",
                                "王建国",
                                say("Lake View 1-0403, 72 m²", "湖景湾 1-0403,72 m²"),
                                265_000_000,
                                due: -70,
                                badge: Badge(say("Hold ends", "锁房到期"), .bad)
                            )
                        ]
                    ),
                    .init(
                        id: "contract",
                        say("Contract", "签约"),
                        note: viewer.moneyShort(1_250_000_000, "CNY"),
                        [
                            card(
                                "4",
                                "Olivia Hart",
                                say("River Park 1-2601, 210 m²", "江畔花园 1-2601,210 m²"),
                                1_250_000_000
                            )
                        ]
                    ),
                    .init(
                        id: "won",
                        say("Won", "成交"),
                        note: viewer.moneyShort(98_000_000, "CNY"),
                        tone: .good,
                        [
                            card(
                                "5",
                                "赵倩",
                                say("Lake View 2-0101, 45 m²", "湖景湾 2-0101,45 m²"),
                                98_000_000,
                                badge: Badge(say("Signed", "已签约"), .good)
                            )
                        ]
                    ),
                    .init(id: "lost", say("Lost", "流失"), tone: .bad, []),
                ]
            )
        )
    }

    var signIn: SignInPage {
        SignInPage(
            lead: say("Use the address of your agency account.", "请使用公司账号登录。"),
            fields: [
                Field("email", say("E-mail", "邮箱"), type: "email", isRequired: true, autocomplete: "username"),
                Field(
                    "password",
                    say("Password", "密码"),
                    type: "password",
                    error: say("The address or the password is not right.", "邮箱或密码不正确。"),
                    isRequired: true,
                    autocomplete: "current-password"
                ),
            ]
        )
    }

    var today: Today {
        Today(
            header: PageHeader(say("Good morning, Lin Xiao", "早上好,林晓"), sub: viewer.day(Self.now)),
            stats: [
                Stat(
                    say("Overdue", "已超时"),
                    "1",
                    note: say("oldest 4 minutes", "最久 4 分钟"),
                    href: "/leads/leads?due=late",
                    tone: .bad
                ),
                Stat(say("Due today", "今日到期"), "7", href: "/leads/leads?due=today", tone: .warning),
                Stat(say("New leads", "新线索"), "12", note: say("4 grade A", "4 条 A 级"), href: "/leads/leads"),
                Stat(say("Open deals", "进行中"), viewer.moneyShort(4_210_000_000, "CNY"), href: "/sales/deals"),
                Stat(say("Won this month", "本月成交"), "3", tone: .good),
            ],
            dueHeading: say("Due, overdue first", "待办,超时优先"),
            due: Table(say("Due", "待办"), Array(columns.prefix(5)), Array(rows.prefix(4)), empty: empty),
            cases: Table(
                say("Cases", "工单"),
                columns,
                [],
                empty: Empty(
                    say("No open cases", "没有未结工单"),
                    say("When a customer of yours complains or asks, you see it here first.", "您的客户投诉或咨询时,会最先显示在这里。")
                )
            )
        )
    }
}
