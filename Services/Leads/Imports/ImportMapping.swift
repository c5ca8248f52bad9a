import Contracts
import Failures
import Foundation

/// Makes submissions of the rows of a file: which column says what, and on which channel's behalf.
struct ImportMapping: Sendable, Equatable {
    let channel: String
    /// For rows that name none.
    let campaign: String?
    let header: [String]
    let columns: [ImportColumn]
    /// Where times without an offset are told in.
    var zone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt

    private static let longestText = 4_000

    /// - Throws: a ``Rejection`` when nobody could be reached by any row, or two columns say the same.
    func check() throws {
        guard columns.contains(where: \.reaches) else {
            throw Rejection.invalid("columns", "unreachable", "One column must be a phone, an e-mail or a wechat id.")
        }
        for column in ImportColumn.allCases where !column.mayRepeat {
            guard columns.count(where: { $0 == column }) < 2 else {
                throw Rejection.invalid("columns", "column-twice", "Only one column may be \(column.rawValue).")
            }
        }
    }

    /// - Throws: a ``Rejection`` when the row has cells that no column is for.
    func submission(_ cells: [String]) throws -> SubmitLead {
        guard cells.dropFirst(columns.count).allSatisfy(\.isEmpty) else {
            throw Rejection.invalid("row", "too-many-cells", "The row has more cells than the header has columns.")
        }
        var row = Row(SubmitLead(channel: channel, campaign: campaign, person: .init()))
        for (index, cell) in cells.prefix(columns.count).enumerated() where !cell.isEmpty {
            row.take(cell, columns[index], header: header[index], zone)
        }
        return row.finished(atMost: Self.longestText)
    }

    /// A submission that is being put together.
    private struct Row {
        var lead: SubmitLead
        var need = Need()
        var words: [String] = []

        init(_ lead: SubmitLead) { self.lead = lead }

        mutating func take(_ cell: String, _ column: ImportColumn, header: String, _ zone: TimeZone) {
            switch column {
            case .name: lead.person.name = cell
            case .phone: lead.person.phones = (lead.person.phones ?? []) + ImportValue.list(cell)
            case .email: lead.person.emails = (lead.person.emails ?? []) + ImportValue.list(cell)
            case .wechat: lead.person.wechat = cell
            case .language: lead.person.language = cell
            case .externalID: lead.externalId = cell
            case .campaign: lead.campaign = cell
            case .referrer: lead.referrer = .init(code: cell)
            case .message: words.append(cell)
            case .attribute: lead.attributes = (lead.attributes ?? [:]).merging([header: cell]) { $1 }
            case .submittedAt: keep(ImportValue.date(cell, in: zone), cell, header) { $0.lead.submittedAt = $1 }
            case .consent: keep(ImportValue.consent(cell), cell, header) { $0.lead.consent = $1 }
            default: takeNeed(cell, column, header: header)
            }
        }

        private mutating func takeNeed(_ cell: String, _ column: ImportColumn, header: String) {
            let budget = ImportValue.budget(cell, header: header)
            let area = ImportValue.area(cell)
            switch column {
            case .project: need.projects = (need.projects ?? []) + ImportValue.list(cell)
            case .district: need.districts = (need.districts ?? []) + ImportValue.list(cell)
            case .layout: need.layouts = (need.layouts ?? []) + ImportValue.list(cell)
            case .purpose: keep(ImportValue.purpose(cell), cell, header) { $0.need.purpose = $1 }
            case .timeframe: keep(ImportValue.timeframe(cell), cell, header) { $0.need.timeframe = $1 }
            case .budget: keep(budget, cell, header) { $0.need.budget = $1 }
            case .budgetMin: keep(budget, cell, header) { $0.setBudget(min: $1.min ?? $1.max) }
            case .budgetMax: keep(budget, cell, header) { $0.setBudget(max: $1.max ?? $1.min) }
            case .area: keep(area, cell, header) { $0.need.area = $1 }
            case .areaMin: keep(area, cell, header) { $0.need.area = AreaRange(min: $1.min, max: $0.need.area?.max) }
            case .areaMax: keep(area, cell, header) { $0.need.area = AreaRange(min: $0.need.area?.min, max: $1.max) }
            default: words.append("\(header): \(cell)")
            }
        }

        private mutating func setBudget(min: Int64? = nil, max: Int64? = nil) {
            let known = need.budget
            need.budget = MoneyRange(min: min ?? known?.min, max: max ?? known?.max, currency: "CNY")
        }

        /// What was understood goes where it belongs, what was not is told in the message: nothing of a row is lost.
        private mutating func keep<Value>(
            _ value: Value?,
            _ cell: String,
            _ header: String,
            _ set: (inout Row, Value) -> Void
        ) {
            if let value { set(&self, value) } else { words.append("\(header): \(cell)") }
        }

        func finished(atMost limit: Int) -> SubmitLead {
            var lead = lead
            if need != Need() { lead.need = need }
            if !words.isEmpty { lead.message = String(words.joined(separator: "\n").prefix(limit)) }
            return lead
        }
    }
}
