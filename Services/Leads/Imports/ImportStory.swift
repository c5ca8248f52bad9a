import Contracts
import Foundation
import Web

/// Files of leads: where a new one is brought, and those that were.
struct ImportListPage: Sendable {
    let header: PageHeader
    let action: String
    let limit: String
    let table: Table
}

/// One file.
struct ImportPage: Sendable {
    let header: PageHeader
    let mapping: MappingForm?
    let progress: ImportProgress?
    let source: String
    let rows: Rows?

    /// What each of its columns says.
    struct MappingForm: Sendable {
        let action: String
        let warning: String?
        let columns: [Column]
        let channel: Field
        let campaign: Field
        let encoding: Field
    }

    struct Column: Sendable {
        let number: String
        let header: String
        let samples: [String]
        let choices: [Field.Choice]
    }

    struct Rows: Sendable {
        let filters: [FilterLink]
        let table: Table
    }
}

/// Everything that the page of an import shows, as it was read.
struct ImportStory: Sendable {
    let file: Import
    let names: [StaffID: String]
    let channels: [String]
    let samples: [[String]]
    /// An earlier import of the same file.
    let twin: Import?
    let rows: [ImportRowView]
    let query: ImportRowQuery

    private var path: String { "/leads/imports/\(file.id.wire)" }

    func page(_ viewer: Viewer, _ token: String) -> ImportPage {
        let isMapping = file.status == .mapping
        let facts = [
            viewer.bytes(file.size), file.encoding.rawValue.uppercased(), viewer.channel(file.channel),
            names[file.createdBy] ?? viewer.text("common.unknown"),
        ]
        return ImportPage(
            header: PageHeader(file.name, sub: facts.joined(separator: " · "), badges: [file.badge(viewer)]),
            mapping: isMapping ? mapping(viewer) : nil,
            progress: isMapping ? nil : ImportProgress(file, viewer),
            source: "/leads/fragments/imports/\(file.id.wire)",
            rows: isMapping || file.status == .uploading ? nil : shownRows(viewer)
        )
    }

    private func mapping(_ viewer: Viewer) -> ImportPage.MappingForm {
        ImportPage.MappingForm(
            action: "\(path)/columns",
            warning: twin.map { twin in
                viewer.text("imports.twin", ["file": twin.name, "when": viewer.instant(twin.createdAt)])
            },
            columns: zip(file.header, file.columns).enumerated().map { index, column in
                self.column(index, column.0, saying: column.1, viewer)
            },
            channel: .select(
                "channel",
                viewer.text("imports.channel"),
                channels.map { Field.Choice($0, viewer.channel($0), isChosen: $0 == file.channel) },
                hint: viewer.text("imports.channel-hint"),
                isRequired: true
            ),
            campaign: Field(
                "campaign",
                viewer.text("imports.campaign"),
                value: file.campaign ?? "",
                hint: viewer.text("imports.campaign-hint")
            ),
            encoding: .select(
                "encoding",
                viewer.text("imports.encoding"),
                FileEncoding.allCases.map {
                    Field.Choice($0.rawValue, $0.rawValue.uppercased(), isChosen: $0 == file.encoding)
                },
                hint: viewer.text("imports.encoding-hint"),
                isRequired: true
            )
        )
    }

    private func column(
        _ index: Int,
        _ header: String,
        saying said: ImportColumn,
        _ viewer: Viewer
    ) -> ImportPage.Column {
        ImportPage.Column(
            number: "\(index + 1)",
            header: header.isEmpty ? viewer.text("imports.nameless", ["n": "\(index + 1)"]) : header,
            samples: samples.compactMap { $0.indices.contains(index) ? $0[index] : nil }
                .filter { !$0.isEmpty }.map { String($0.prefix(60)) },
            choices: ImportColumn.allCases.map {
                Field.Choice($0.rawValue, viewer.text("imports.says.\($0.rawValue)"), isChosen: $0 == said)
            }
        )
    }

    private func shownRows(_ viewer: Viewer) -> ImportPage.Rows {
        let counts = file.outcome.total > 0 ? file.outcome : file.forecast
        let verdicts = ImportVerdict.allCases.map { verdict in
            FilterLink(
                viewer.text("imports.verdict.\(verdict.rawValue)"),
                "\(path)?show=\(verdict.rawValue)#rows",
                count: viewer.number(counts[verdict]),
                isCurrent: query.name == verdict.rawValue
            )
        }
        let left = FilterLink(
            viewer.text("imports.left"),
            "\(path)?show=left#rows",
            count: viewer.number(file.undone.left),
            isCurrent: query.name == "left"
        )
        let own = query.name.map { "show=\($0)&" } ?? ""
        let next = rows.count > 50 ? rows[49].row.number : nil
        return ImportPage.Rows(
            filters: [
                FilterLink(viewer.text("common.all"), "\(path)#rows", isCurrent: query.name == nil)
            ] + verdicts + (file.undone.left > 0 ? [left] : []),
            table: Table(
                viewer.text("imports.rows"),
                ["row", "verdict", "reason"].map { Table.Column(viewer.text("imports.column.\($0)")) },
                rows.prefix(50).map { $0.tableRow(viewer, file) },
                pager: next == nil && query.after == 0
                    ? nil
                    : Pager(
                        first: query.after == 0 ? nil : "\(path)?\(own)#rows",
                        next: next.map { "\(path)?\(own)after=\($0)#rows" }
                    ),
                empty: Empty(viewer.text("imports.rows-empty"), viewer.text("imports.rows-empty-text"))
            )
        )
    }
}

/// How far an import has come, what its rows come to, and what can be done now.
struct ImportProgress: Sendable {
    struct Bar: Sendable {
        let label: String
        /// In a thousandth.
        let value: String
        let text: String
    }

    let bar: Bar?
    let said: String
    let stats: [Stat]
    let orders: [Action]
    let result: String?

    init(_ file: Import, _ viewer: Viewer) {
        let path = "/leads/imports/\(file.id.wire)"
        let isFinal = file.outcome.total > 0 || file.status == .running || file.status.isOver
        let counts = isFinal ? file.outcome : file.forecast
        bar =
            file.status.isUnderWay || file.status == .paused
            ? Bar(
                label: viewer.text("imports.status.\(file.status.rawValue)"),
                value: "\(Int(file.progress * 1_000))",
                text: "\(Int(file.progress * 100)) %"
            ) : nil
        said = viewer.text(
            "imports.said.\(file.status.rawValue)",
            [
                "discarded": viewer.number(file.undone.discarded), "left": viewer.number(file.undone.left),
                "people": file.undone.people.map { viewer.number($0) } ?? "–",
            ]
        )
        stats = ImportVerdict.allCases.map { verdict in
            Stat(
                viewer.text("imports.\(isFinal ? "verdict" : "forecast").\(verdict.rawValue)"),
                viewer.number(counts[verdict]),
                note: isFinal && file.forecast.total > 0
                    ? viewer.text("imports.expected", ["n": viewer.number(file.forecast[verdict])]) : nil,
                href: "\(path)?show=\(verdict.rawValue)#rows",
                tone: verdict == .rejected && counts.rejected > 0 ? .bad : .neutral
            )
        }
        orders = file.orders.map { order in
            // Before anything was imported, cancelling only leads back.
            let word = order == .cancel && !isFinal ? "back" : order.rawValue
            return Action(
                viewer.text("imports.order.\(word)"),
                "\(path)/\(order.rawValue)",
                isPrimary: order == .start || order == .resume,
                isPost: true
            )
        }
        result = counts.total > 0 ? "\(path)/result.csv" : nil
    }
}

extension Viewer {
    /// 1,536 bytes → 1.5 KB.
    func bytes(_ count: Int64) -> String {
        let units = ["B", "KB", "MB", "GB"]
        var value = Double(count)
        var unit = 0
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        let rounded = unit == 0 || value >= 100 ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
        return "\(rounded) \(units[unit])"
    }
}
