import Foundation
import Policies

/// How large a file of leads may be, how it is dealt with, and for how long it is kept.
struct ImportPolicy: Policy {
    static let name = "import.files"
    static let standard = ImportPolicy()

    var megabytes = 100
    /// Rows of one transaction: so few that what arrives meanwhile does not wait long for the same locks.
    var atOnce = 250
    /// From the end of an import to the removal of its file; what became of its rows stays known.
    var keptDays = 30

    static let fields: [PolicyField<ImportPolicy>] = [
        PolicyField(\.megabytes, "megabytes", .count, 1...1_000),
        PolicyField(\.atOnce, "atOnce", .count, 10...1_000),
        PolicyField(\.keptDays, "keptDays", .days, 1...365),
    ]

    var bytes: Int { megabytes * 1_048_576 }
    var keptSeconds: TimeInterval { Double(keptDays) * 86_400 }
}
