import Contracts
import Foundation

/// One row of a file, and what became of it or would.
struct ImportRow: Sendable, Equatable {
    /// As a spreadsheet counts: the header is 1.
    let number: Int64
    var verdict: ImportVerdict
    /// Why it is rejected.
    var reason: String?
    var field: String?
    /// The row of the same file that it repeats or joins.
    var sameAs: Int64?
    var submissionID: UUID?
    var leadID: LeadID?
}

/// A row as pages and files show it: the verdict, or as long as there is none what is expected.
struct ImportRowView: Sendable, Equatable {
    let row: ImportRow
    /// It has really come to that.
    let isFinal: Bool
    /// What an undo did with its lead.
    let undo: UndoVerdict?
    /// What it said was taken back.
    var isWithdrawn = false
}

/// What an undo does with a lead.
enum UndoVerdict: String, Sendable, CaseIterable {
    case discarded
    // The others are left, since somebody has worked on them.
    case closed
    case spokenWith = "spoken-with"
    case enquiredAgain = "enquired-again"
    case givenByHand = "given-by-hand"

    /// Somebody has worked with what the row said: it stays as a whole.
    static let standing: [UndoVerdict] = [.closed, .spokenWith, .givenByHand]
}
