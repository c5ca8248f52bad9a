import Contracts
import Foundation
import Messaging
import Web

/// An import in a list.
struct ImportView: Sendable {
    let file: Import
    let names: [StaffID: String]

    static func columns(_ viewer: Viewer) -> [Table.Column] {
        ["file", "status", "rows", "rejected", "by", "when"].map {
            Table.Column(viewer.text("imports.column.\($0)"), isNumeric: $0 == "rows" || $0 == "rejected")
        }
    }

    func row(_ viewer: Viewer) -> Table.Row {
        let counts = file.outcome.total > 0 ? file.outcome : file.forecast
        return Table.Row(
            id: file.id.wire,
            href: "/leads/imports/\(file.id.wire)",
            isNew: file.status.isUnderWay,
            [
                .text(file.name, sub: viewer.channel(file.channel)),
                .badge(file.badge(viewer)),
                .text(counts.total == 0 ? "–" : viewer.number(counts.total)),
                .text(counts.total == 0 ? "–" : viewer.number(counts.rejected)),
                .text(names[file.createdBy] ?? viewer.text("common.unknown")),
                .time(viewer.time(file.createdAt)),
            ]
        )
    }
}

extension Import {
    func badge(_ viewer: Viewer) -> Badge {
        let tone: Badge.Tone =
            switch status {
            case .uploading, .mapping, .cancelled, .undone: .neutral
            case .checking, .running, .undoing: .accent
            case .checked, .paused: .warning
            case .done: .good
            }
        return Badge(viewer.text("imports.status.\(status.rawValue)"), tone)
    }

    /// The first rows, as the mapping reads them now.
    func samples(in bytes: [UInt8], count: Int) -> [[String]] {
        var samples: [[String]] = []
        var place = 0
        let isLast = start + Int64(bytes.count) >= size
        while samples.count < count, let record = records.next(in: bytes, from: place, isLast: isLast) {
            place = record.end
            guard !record.isBlank, let text = encoding.text(record.bytes) else { continue }
            samples.append(records.cells(of: text))
        }
        return samples
    }
}

extension ImportVerdict {
    var tone: Badge.Tone {
        switch self {
        case .new: .good
        case .joined: .accent
        case .duplicate: .neutral
        case .rejected: .bad
        }
    }
}

extension ImportRowView {
    /// What it came to, or would come to.
    func verdictText(_ viewer: Viewer) -> String {
        viewer.text("imports.\(isFinal ? "verdict" : "forecast").\(row.verdict.rawValue)")
    }

    /// Why it is rejected and by which field, which row it repeats, or what an undo did with it.
    func reasonText(_ viewer: Viewer) -> String? {
        if let undo { return viewer.text("imports.undo.\(undo.rawValue)") }
        if isWithdrawn { return viewer.text("imports.undo.withdrawn") }
        if let reason = row.reason {
            let field = row.field.flatMap { $0.isEmpty || $0 == "row" ? nil : $0 }
            return [viewer.word("ledger.reason", reason), field].compactMap { $0 }.joined(separator: " · ")
        }
        return row.sameAs.map { viewer.text("imports.same-as", ["row": viewer.number(Int($0))]) }
    }

    func tableRow(_ viewer: Viewer, _ file: Import) -> Table.Row {
        let href =
            row.leadID.map { "/leads/leads/\($0)" } ?? row.submissionID.map { "/leads/ledger/\($0.wire)" }
            ?? "/leads/imports/\(file.id.wire)#rows"
        return Table.Row(
            id: "\(row.number)",
            href: href,
            [
                .text(viewer.text("imports.row", ["row": viewer.number(Int(row.number))])),
                .badge(Badge(verdictText(viewer), row.verdict.tone)),
                .text(reasonText(viewer) ?? "–"),
            ]
        )
    }
}
