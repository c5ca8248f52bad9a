import Contracts
import Failures
import Foundation

/// A file of leads that somebody has uploaded, from the first byte to the last row, and back.
struct Import: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        case uploading
        /// It is not said yet what its columns say.
        case mapping
        /// A dry run: what would each row come to?
        case checking
        case checked
        case running
        case paused
        case done
        case cancelled
        case undoing
        case undone

        /// Something is done with it by itself.
        var isUnderWay: Bool { [.checking, .running, .undoing].contains(self) }
        var isOver: Bool { [.done, .cancelled, .undone].contains(self) }
    }

    /// What people order.
    enum Order: String, Sendable, CaseIterable {
        case check
        case start
        case pause
        case resume
        case cancel
        case undo
    }

    let id: UUID
    var name: String
    var status: Status
    var digest = ""
    var size: Int64 = 0
    var encoding = FileEncoding.utf8
    var separator: String = ","
    var header: [String] = []
    var columns: [ImportColumn] = []
    var channel: String
    var campaign: String?
    /// Where the rows begin.
    var start: Int64 = 0
    /// Where the next row begins.
    var position: Int64 = 0
    /// The number of the row before it; in an undo the last one that was dealt with.
    var row: Int64 = 0
    /// An undo has given up the leads, and takes back what the rows said.
    var isWithdrawing = false
    var forecast = ImportCounts()
    var outcome = ImportCounts()
    var undone = UndoCounts()
    var createdBy: StaffID
    var createdAt: Date
    var orderedBy: StaffID
    var changedAt: Date

    var mapping: ImportMapping {
        ImportMapping(channel: channel, campaign: campaign, header: header, columns: columns)
    }

    var records: CSVRecords { CSVRecords(separator: separator.utf8.first ?? UInt8(ascii: ",")) }

    /// How much of what is under way is done, from 0 to 1.
    var progress: Double {
        switch status {
        case .undoing where isWithdrawing: 0.5 + min(0.5, Double(row) / Double(max(1, 2 * outcome.total)))
        case .undoing: outcome.new == 0 ? 0.5 : min(0.5, Double(undone.total) / Double(2 * outcome.new))
        case .uploading, .mapping: 0
        case .checked, .done, .undone: 1
        case .checking, .running, .paused, .cancelled:
            size <= start ? 1 : Double(position - start) / Double(size - start)
        }
    }
}

extension Import {
    /// Where an order leads from each status; what is missing cannot be ordered.
    private static let ways: [Order: [Status: Status]] = [
        .check: [.mapping: .checking, .checked: .checking],
        .start: [.checked: .running],
        .pause: [.running: .paused],
        .resume: [.paused: .running],
        .cancel: [.checking: .mapping, .checked: .mapping, .running: .cancelled, .paused: .cancelled],
        .undo: [.done: .undoing, .cancelled: .undoing],
    ]

    var orders: [Order] { Order.allCases.filter { Self.ways[$0]?[status] != nil } }

    /// The import after an order.
    ///
    /// The same order again changes nothing.
    /// - Throws: a ``Rejection`` when it makes no sense now.
    func ordered(_ order: Order, by staff: StaffID, now: Date) throws -> Import {
        if order == .undo, status == .undoing || status == .undone { return self }
        guard let goal = Self.ways[order]?[status] else {
            if Self.ways[order]?.values.contains(status) == true { return self }
            throw Rejection(
                .conflict,
                "import-\(status.rawValue)",
                "The import is \(status.rawValue): it cannot be told to \(order.rawValue) now."
            )
        }
        if order == .check { try mapping.check() }
        var next = moved(to: goal, now: now)
        next.orderedBy = staff
        if order == .check || order == .start { next.rewind() }
        if order == .check { next.forecast = ImportCounts() }
        if order == .undo { (next.row, next.isWithdrawing) = (0, false) }
        return next
    }

    func moved(to status: Status, now: Date) -> Import {
        var other = self
        other.status = status
        other.changedAt = now
        return other
    }

    private mutating func rewind() {
        position = start
        row = 1
    }
}

/// What rows come to.
enum ImportVerdict: String, Sendable, CaseIterable {
    case new
    /// Into a lead that is open.
    case joined
    case duplicate
    case rejected
}

/// How many rows come to what.
struct ImportCounts: Sendable, Equatable, Codable {
    var new = 0
    var joined = 0
    var duplicate = 0
    var rejected = 0

    var total: Int { new + joined + duplicate + rejected }

    subscript(verdict: ImportVerdict) -> Int {
        get {
            switch verdict {
            case .new: new
            case .joined: joined
            case .duplicate: duplicate
            case .rejected: rejected
            }
        }
        set {
            switch verdict {
            case .new: new = newValue
            case .joined: joined = newValue
            case .duplicate: duplicate = newValue
            case .rejected: rejected = newValue
            }
        }
    }
}

/// What an undo did with the leads that an import had made.
struct UndoCounts: Sendable, Equatable, Codable {
    var discarded = 0
    /// Somebody has worked on them.
    var left = 0
    /// Of whom something was taken back; nothing where an undo ended before that was counted.
    var people: Int?

    var total: Int { discarded + left }
}
