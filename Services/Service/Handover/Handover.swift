import Contracts
import Failures
import Foundation

/// The hand-over of a sold unit to its owner.
struct Handover: Sendable, Equatable {
    let id: HandoverID
    let contractID: SaleContractID
    let contractNumber: String
    let uid: UID
    let unitID: UnitID
    let project: String
    let unitNumber: String
    /// Square metres.
    let area: Double
    let openedAt: Date
    /// When the unit is promised.
    let dueAt: Date?
    var completedAt: Date?
    var completedBy: StaffID?
    var note: String?
}

extension Handover {
    var isOpen: Bool { completedAt == nil }

    func isOverdue(at now: Date) -> Bool { isOpen && dueAt.map { $0 <= now } ?? false }

    /// A hand-over to be made, from a contract that was signed.
    init(from contract: ContractSigned, at now: Date) {
        self.init(
            id: .new(),
            contractID: contract.contractID,
            contractNumber: contract.number,
            uid: contract.uid,
            unitID: contract.unitID,
            project: contract.project,
            unitNumber: contract.unitNumber,
            area: contract.area,
            openedAt: now,
            dueAt: contract.handoverDueAt
        )
    }

    /// The same hand-over, made at `instant`, which may have been a while ago but not in the future.
    func completed(at instant: Date, by staff: StaffID, note: String?, now: Date) throws -> Handover {
        guard isOpen else {
            throw Rejection(.conflict, "handover-completed", "This hand-over is completed already.")
        }
        try Handover.check(instant, now)
        var completed = self
        completed.completedAt = instant
        completed.completedBy = staff
        completed.note = note
        return completed
    }

    /// The same hand-over with its date put right.
    func corrected(to instant: Date, now: Date) throws -> Handover {
        guard !isOpen else {
            throw Rejection(.conflict, "handover-open", "This hand-over is not completed yet.")
        }
        try Handover.check(instant, now)
        var corrected = self
        corrected.completedAt = instant
        return corrected
    }

    /// Clocks of people's devices differ; five minutes ahead is still now.
    private static func check(_ instant: Date, _ now: Date) throws {
        guard instant <= now.addingTimeInterval(300) else {
            throw Rejection.invalid("completedAt", "in-the-future", "completedAt is in the future.")
        }
        guard instant >= Date(timeIntervalSince1970: 946_684_800) else {
            throw Rejection.invalid("completedAt", "too-long-ago", "completedAt is before the year 2000.")
        }
    }
}
