import Contracts
import Foundation

/// Which customers a list shows.
struct CustomerQuery: Sendable, Equatable {
    /// Whose customers.
    enum Whose: String, Sendable, CaseIterable {
        case mine
        case team
        case all
    }

    var whose: Whose = .all
    /// `A`, `B` or `C`.
    var grade: String?
    var stage: Customer.Stage?
    /// Only those whose next action is over its time.
    var isOverdue = false
    /// A part of the name, or the end of a phone number.
    var search: String?
    var limit = 50
    /// The last customer of the page before: activity and uid.
    var after: (activeAt: Date, uid: UUID)?

    static func == (left: CustomerQuery, right: CustomerQuery) -> Bool {
        left.whose == right.whose && left.grade == right.grade && left.stage == right.stage
            && left.isOverdue == right.isOverdue && left.search == right.search && left.limit == right.limit
            && left.after?.uid == right.after?.uid
    }

    /// The digits of a search, when it looks like a phone number: at least four of them and nothing but separators.
    static func digits(of search: String) -> String? {
        let digits = search.filter { $0.isASCII && $0.isNumber }
        let isNumber = search.allSatisfy { $0.isASCII && ($0.isNumber || "+-() ".contains($0)) }
        return isNumber && digits.count >= 4 ? digits : nil
    }
}
