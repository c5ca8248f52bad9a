import Contracts
import Foundation
import Web

/// Marketing's return in words, figures and links.
struct ReturnView: Sendable {
    let query: ReturnQuery
    let figures: ReturnFigures
    let titles: ReturnTitles
    let viewer: Viewer

    private var total: ReturnLine { figures.lines.reduce(ReturnLine(channel: "", campaign: "")) { $0 + $1 } }

    /// Who books what campaigns cost, and so opens their pages.
    private var mayBook: Bool { viewer.principal?.isOne(of: ChannelPages.editors) == true }

    var page: ReturnPage {
        ReturnPage(
            header: header,
            filters: ReturnQuery.spans.map {
                FilterLink(viewer.text("return.span.\($0)"), query.with(span: $0).href(), isCurrent: query.span == $0)
            },
            touches: ["first", "last"].map {
                FilterLink(
                    viewer.text("return.touch.\($0)"),
                    query.with(touch: $0).href(),
                    isCurrent: query.touch == $0
                )
            },
            from: Field(
                "from",
                viewer.text("return.from"),
                value: query.period.from.text,
                type: "date",
                isRequired: true
            ),
            to: Field("to", viewer.text("return.to"), value: query.period.to.text, type: "date", isRequired: true),
            touch: query.touch,
            only: query.channel.map {
                FilterLink(channel($0), query.with(channel: nil).href(), isCurrent: true)
            },
            channel: query.channel,
            stats: stats,
            chart: figures.lines.isEmpty ? nil : chart,
            course: figures.lines.isEmpty ? nil : course,
            lines: figures.lines.isEmpty
                ? nil : .init(viewer.text("return.title"), columns, figures.lines.map { row($0) } + [row(nil)]),
            empty: Empty(viewer.text("return.empty.heading"), viewer.text("return.empty.text")),
            outcomes: outcomes,
            notes: [
                viewer.text("return.note.cohort"), viewer.text("return.note.touch.\(query.touch)"),
                viewer.text("return.note.cost"),
            ] + (figures.waiting > 0 ? [viewer.text("return.waiting", count: figures.waiting)] : [])
        )
    }

    private var header: PageHeader {
        PageHeader(
            viewer.text("return.title"),
            sub: viewer.text("return.hint", ["from": query.period.from.text, "to": query.period.to.text]),
            actions: (mayBook ? [Action(viewer.text("campaigns.title"), "/leads/campaigns")] : [])
                + [Action(viewer.text("return.csv"), query.href("/leads/return/table.csv"))]
        )
    }

    private var stats: [Stat] {
        let total = total
        return [
            Stat(
                viewer.text("return.leads"),
                viewer.number(total.leads),
                note: viewer.text("return.of-them-valid", ["n": viewer.number(total.valid)]),
                href: query.leads(nil)
            ),
            Stat(
                viewer.text("return.visited"),
                viewer.number(total.visited),
                note: share(total.visited, total.leads),
                href: query.leads(nil, reached: "visited")
            ),
            Stat(
                viewer.text("return.won"),
                viewer.number(total.won),
                note: share(total.won, total.leads),
                href: query.leads(nil, reached: "won"),
                tone: total.won > 0 ? .good : .neutral
            ),
            Stat(viewer.text("return.cost"), short(total.cost), note: each(total.cost(per: total.leads))),
            Stat(viewer.text("return.revenue"), short(total.revenue), note: multiple(total)),
        ]
    }

    var columns: [String] {
        [
            "channel", "leads", "valid", "contacted", "visited", "won", "cost", "per-lead", "per-visit", "per-deal",
            "revenue", "multiple",
        ].map { viewer.text("return.\($0)") }
    }

    /// One line; nil for their sum.
    private func row(_ line: ReturnLine?) -> ReturnPage.Row {
        ReturnPage.Row(
            title: line.map { channel($0.channel) } ?? viewer.text("return.total"),
            href: line.flatMap { query.channel == nil ? query.with(channel: $0.channel).href() : nil },
            campaign: line.map { campaign($0.campaign) } ?? "",
            isTotal: line == nil,
            figures: figures(of: line ?? total) { query.leads(line, reached: $0) }
        )
    }

    /// A line's figures; counts open what is behind them, by the stage that was reached.
    func figures(of shown: ReturnLine, _ behind: (String?) -> String) -> [ReturnPage.Figure] {
        let counts: [(String?, Int)] = [
            (nil, shown.leads), ("valid", shown.valid), ("contacted", shown.contacted), ("visited", shown.visited),
            ("won", shown.won),
        ]
        let amounts = [
            short(shown.cost), each(shown.cost(per: shown.leads)), each(shown.cost(per: shown.visited)),
            each(shown.cost(per: shown.won)), short(shown.revenue), multiple(shown),
        ]
        let texts =
            counts.map { stage, count in (viewer.number(count), count > 0 ? behind(stage) : nil) }
            + amounts.map { ($0, nil) }
        return zip(columns.dropFirst(), texts).map { .init(label: $0, text: $1.0, href: $1.1) }
    }

    private var outcomes: Table {
        Table(
            viewer.text("return.outcomes"),
            [
                Table.Column(viewer.text("return.reason")), Table.Column(viewer.text("return.channel")),
                Table.Column(viewer.text("return.count"), isNumeric: true),
            ],
            figures.outcomes.enumerated().map { index, outcome in
                Table.Row(
                    id: "outcome-\(index)",
                    href: "/leads/ledger?outcome=\(outcome.outcome)",
                    [
                        .text(
                            outcome.reason.isEmpty
                                ? viewer.text("ledger.outcome.\(outcome.outcome)")
                                : viewer.word("ledger.reason", outcome.reason)
                        ),
                        .text(channel(outcome.channel)), .text(viewer.number(outcome.count)),
                    ]
                )
            },
            empty: Empty(viewer.text("return.no-outcomes.heading"), viewer.text("return.no-outcomes.text"))
        )
    }

    /// The channels that brought most; of one channel its campaigns.
    private var chart: ReturnPage.Chart? {
        let parts = Dictionary(grouping: figures.lines) { query.channel == nil ? $0.channel : $0.campaign }
            .map { name, lines in
                (name: name, sum: lines.reduce(ReturnLine(channel: name, campaign: "")) { $0 + $1 })
            }
        let sorted = parts.sorted { ($0.sum.leads, $1.name) > ($1.sum.leads, $0.name) }.prefix(12)
        return chart(
            viewer.text(query.channel == nil ? "return.chart" : "return.chart-campaigns"),
            "bar",
            sorted.map { part in
                let title = query.channel == nil ? channel(part.name) : campaign(part.name)
                return (title.isEmpty ? viewer.text("return.no-campaign") : title, part.sum)
            }
        )
    }

    /// For spreadsheets: amounts in yuan, with the mark that lets them read Chinese.
    var csv: String {
        let head = ["channel", "campaign", "leads", "valid", "contacted", "visited", "won", "cost", "revenue"]
            .map { viewer.text("return.\($0)") }
        let rows = figures.lines.map { line in
            [
                channel(line.channel), line.campaign, "\(line.leads)", "\(line.valid)", "\(line.contacted)",
                "\(line.visited)", "\(line.won)", AmountText.text(line.cost), AmountText.text(line.revenue),
            ]
        }
        return "\u{FEFF}" + ([head] + rows).map { $0.map(ReturnView.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// Quoted where it must be; what a spreadsheet would take for a formula is not one.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let plain = isFormula ? "'" + text : text
        guard plain.contains(where: { ",\"\r\n".contains($0) }) else { return plain }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }

    private func campaign(_ key: String) -> String { key.isEmpty ? "" : titles.campaigns[key] ?? key }
    private func channel(_ name: String) -> String { titles.channels[name] ?? viewer.channel(name) }
    private func short(_ minor: Int64) -> String { minor == 0 ? "–" : viewer.moneyShort(minor, "CNY") }
    private func each(_ minor: Int64?) -> String { minor.map { $0 == 0 ? "–" : viewer.moneyShort($0, "CNY") } ?? "–" }

    private func multiple(_ line: ReturnLine) -> String {
        line.multiple.map { "\(viewer.number(Int($0)))" + ".\(Int(($0 * 10).rounded(.down)) % 10)×" } ?? "–"
    }

    private func share(_ part: Int, _ whole: Int) -> String? {
        whole > 0 ? viewer.text("return.share", ["percent": "\((part * 1_000 / whole + 5) / 10)"]) : nil
    }
}
