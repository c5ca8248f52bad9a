import Contracts
import Foundation
import Messaging
import Postgres
import Web

/// The file that says what became of each row: the rows as they were uploaded, with four columns more.
///
/// It goes through the file and through what is known of its rows side by side, some hundreds at a time.
struct ImportResult: Sendable {
    /// Some lines, and where the next ones begin.
    struct Part: Sendable {
        let lines: String
        let after: ImportResult
    }

    private static let atOnce = 500

    let file: Import
    /// Whether whoever asks may see what stands in the rows.
    let showsCells: Bool
    let viewer: Viewer
    private var position: Int64
    private var row: Int64 = 1
    private var isOver = false

    init(file: Import, showsCells: Bool, viewer: Viewer) {
        self.file = file
        self.showsCells = showsCells
        self.viewer = viewer
        position = file.start
    }

    var header: String {
        let own = ["row", "verdict", "reason", "lead"].map { viewer.text("imports.result.\($0)") }
        return CSVText.row((showsCells ? file.header : []) + own)
    }

    func next(_ tx: Transaction) async throws -> Part? {
        if isOver { return nil }
        let bytes = showsCells ? try await ImportFileStore(tx).bytes(of: file.id, from: position) : []
        return bytes.isEmpty ? try await withoutCells(tx) : try await withCells(bytes, tx)
    }

    /// The file is gone, or not for whoever asks.
    private func withoutCells(_ tx: Transaction) async throws -> Part? {
        let rows = try await ImportRowStore(tx).list(of: file.id, .all, after: row, limit: Self.atOnce)
        guard let last = rows.last else { return nil }
        var next = self
        next.row = last.row.number
        let blank = showsCells ? file.header.map { _ in "" } : []
        return Part(lines: rows.map { CSVText.row(blank + told($0)) }.joined(), after: next)
    }

    private func withCells(_ bytes: [UInt8], _ tx: Transaction) async throws -> Part? {
        let isLast = position + Int64(bytes.count) >= file.size
        let records = file.records
        var next = self
        var place = 0
        var lines: [(number: Int64, cells: [String])] = []
        while lines.count < Self.atOnce, let record = records.next(in: bytes, from: place, isLast: isLast) {
            place = record.end
            next.row += 1
            if record.isBlank { continue }
            let text = record.isErased ? nil : file.encoding.text(record.bytes)
            lines.append((next.row, text.map(records.cells) ?? []))
        }
        next.position += Int64(place)
        next.isOver = isLast && place >= bytes.count
        let known = try await ImportRowStore(tx).list(of: file.id, .all, after: row, limit: Self.atOnce)
        let views = Dictionary(known.map { ($0.row.number, $0) }) { first, _ in first }
        let width = file.header.count
        let text = lines.map { line in
            let cells = line.cells.prefix(width) + Array(repeating: "", count: max(0, width - line.cells.count))
            return CSVText.row(cells + (views[line.number].map(told) ?? ["\(line.number)", "", "", ""]))
        }
        return Part(lines: text.joined(), after: next)
    }

    private func told(_ view: ImportRowView) -> [String] {
        [
            "\(view.row.number)", view.verdictText(viewer), view.reasonText(viewer) ?? "",
            view.row.leadID.map { "/leads/leads/\($0)" } ?? "",
        ]
    }
}
