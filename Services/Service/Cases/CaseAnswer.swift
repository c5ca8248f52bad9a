import Contracts
import Foundation
import Postgres

/// A case as programs see it.
struct CaseAnswer: Encodable, Sendable {
    struct Entry: Encodable, Sendable {
        let at: Date
        let kind: String
        let staffId: StaffID?
        let staffName: String?
        let text: String
        let event: String?
        let why: Why?
    }

    let id: CaseID
    let number: String
    let uid: UID
    let customerName: String?
    let kind: String
    let severity: String
    let title: String
    let text: String
    let unitId: UnitID?
    let project: String?
    /// `new`, `answered`, `closed`.
    let status: String
    let isOverdue: Bool
    let ownerId: StaffID?
    let ownerName: String?
    let openedAt: Date
    let responseDueAt: Date
    let firstRepliedAt: Date?
    let closedAt: Date?
    let result: String?
    let deadlineWhy: Why
    let ownerWhy: Why
    /// What happened, oldest first; lists leave it out.
    let entries: [Entry]?

    init(_ line: CaseLine, names: [StaffID: String], entries: [CaseEntry]? = nil, now: Date) {
        let record = line.record
        id = record.id
        number = record.number
        uid = record.uid
        customerName = line.customerName
        kind = record.kind.rawValue
        severity = record.severity.rawValue
        title = record.title
        text = record.text
        unitId = record.unitID
        project = record.project
        status = record.state
        isOverdue = record.isOverdue(at: now)
        ownerId = record.ownerID
        ownerName = record.ownerID.flatMap { names[$0] }
        openedAt = record.openedAt
        responseDueAt = record.responseDueAt
        firstRepliedAt = record.firstRepliedAt
        closedAt = record.closedAt
        result = record.result
        deadlineWhy = record.deadlineWhy
        ownerWhy = record.ownerWhy
        self.entries = entries?.map { Entry($0, names: names) }
    }
}

extension CaseAnswer.Entry {
    init(_ entry: CaseEntry, names: [StaffID: String]) {
        self.init(
            at: entry.at,
            kind: entry.kind.rawValue,
            staffId: entry.staffID,
            staffName: entry.staffID.flatMap { names[$0] },
            text: entry.text,
            event: entry.event?.text,
            why: entry.why
        )
    }
}

extension CaseLine {
    /// Everybody whose name the case shows.
    func people(_ entries: [CaseEntry] = []) -> [StaffID] {
        [record.ownerID, record.openedBy].compactMap { $0 } + entries.compactMap(\.staffID)
    }
}
