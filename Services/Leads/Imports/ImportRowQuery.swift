import Hummingbird
import Web

/// Which rows of a file its page shows, as its address says.
struct ImportRowQuery: Sendable, Equatable {
    let filter: ImportRowFilter
    /// The number of the row after which they begin.
    let after: Int64

    init(filter: ImportRowFilter = .all, after: Int64 = 0) {
        self.filter = filter
        self.after = after
    }

    init(_ request: Request) {
        let wanted = request.query("show") ?? ""
        let verdict = ImportVerdict(rawValue: wanted).map { ImportRowFilter.verdict($0) }
        filter = verdict ?? (wanted == "left" ? .left : .all)
        after = request.query("after").flatMap { Int64($0) } ?? 0
    }

    var name: String? {
        switch filter {
        case .all: nil
        case .verdict(let verdict): verdict.rawValue
        case .left: "left"
        }
    }
}
