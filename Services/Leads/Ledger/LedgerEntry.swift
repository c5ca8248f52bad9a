import Contracts
import Foundation

/// One row of the intake ledger: a submission and the one thing that became of it.
struct LedgerEntry: Sendable {
    enum Outcome: Sendable, Equatable {
        case accepted(LeadID, UID)
        case merged(LeadID, UID)
        /// The same key with another body; its first is named, and that one's lead if it has one.
        case duplicate(of: UUID)
        case rejected(code: String, field: String?, detail: String)

        var name: String {
            switch self {
            case .accepted: "accepted"
            case .merged: "merged"
            case .duplicate: "duplicate"
            case .rejected: "rejected"
            }
        }

        var lead: LeadID? {
            switch self {
            case .accepted(let lead, _), .merged(let lead, _): lead
            case .duplicate, .rejected: nil
            }
        }

        var uid: UID? {
            switch self {
            case .accepted(_, let uid), .merged(_, let uid): uid
            case .duplicate, .rejected: nil
            }
        }
    }

    let submission: ReadSubmission
    let outcome: Outcome
}

/// Under which key a submission is in the ledger.
struct LedgerKey: Sendable, Hashable {
    let channel: String
    let key: String
}

/// A row that is in the ledger already.
struct KnownSubmission: Sendable {
    let id: UUID
    let key: LedgerKey
    let digest: String
    /// Whether it uses its key up: rejected ones do not.
    let isEffective: Bool
}

/// Tells the submissions of a batch apart: new ones, repetitions, and other bodies under a key that is taken.
struct LedgerSorting {
    /// To be judged, in order of arrival; at most one that is understood per key.
    private(set) var fresh: [ReadSubmission] = []
    /// Rows that arrived again, and how often.
    private(set) var repeats: [UUID: Int] = [:]
    /// The submissions that were those repetitions.
    private(set) var repeated: [ReadSubmission] = []
    /// Other bodies under the key of an effective row.
    private(set) var duplicates: [LedgerEntry] = []
    /// The row that each submission of the batch is, or is a repetition of.
    private(set) var receipts: [UUID] = []
    private let submissions: [ReadSubmission]
    private let known: [KnownSubmission]

    init(_ submissions: [ReadSubmission], known: [KnownSubmission]) {
        self.submissions = submissions
        self.known = known
        var rows: [Row: UUID] = [:]
        var effective: [LedgerKey: UUID] = [:]
        for one in known {
            rows[Row(key: one.key, digest: one.digest)] = one.id
            if one.isEffective { effective[one.key] = one.id }
        }
        for submission in submissions {
            let row = Row(key: submission.ledgerKey, digest: submission.received.digest)
            let id = submission.received.id
            if let first = rows[row] {
                repeats[first, default: 0] += 1
                repeated.append(submission)
                receipts.append(first)
                continue
            }
            rows[row] = id
            receipts.append(id)
            if let first = effective[submission.ledgerKey], submission.rejection == nil {
                duplicates.append(LedgerEntry(submission: submission, outcome: .duplicate(of: first)))
                continue
            }
            if submission.rejection == nil { effective[submission.ledgerKey] = id }
            fresh.append(submission)
        }
    }

    /// Sorts once more, with the rows that another replica has filed meanwhile: what was fresh may be a repetition now.
    /// - Parameters:
    ///   - late: what is known now of the keys of what was fresh.
    ///   - claimed: the identifiers that were claimed since, for what was fresh.
    /// - Throws: a lost race where one that is not fresh any more has claimed an identifier, which would be nobody's, or
    ///   where something else is fresh now, which has claimed none.
    mutating func add(_ late: [KnownSubmission], claimed: Set<PersonIdentifier>) throws {
        guard !late.isEmpty else { return }
        let before = fresh
        self = LedgerSorting(submissions, known: known + late)
        let now = Set(fresh.map(\.received.id))
        let filed = before.filter { !now.contains($0.received.id) }
        let orphans = filed.flatMap { $0.enquiry?.identifiers ?? [] }.filter(claimed.contains)
        guard orphans.isEmpty, now.count + filed.count == before.count else { throw LedgerStore.lostRace }
    }

    private struct Row: Hashable {
        let key: LedgerKey
        let digest: String
    }
}

extension ReadSubmission {
    var ledgerKey: LedgerKey { LedgerKey(channel: channel, key: key) }
}
