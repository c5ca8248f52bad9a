import Contracts
import Foundation

/// A hand-over as programs see it.
struct HandoverAnswer: Encodable, Sendable {
    struct Care: Encodable, Sendable {
        let step: String
        let dueAt: Date
        /// `planned`, `sent`.
        let status: String
        let sentAt: Date?
        let why: Why
    }

    let id: HandoverID
    let uid: UID
    let customerName: String?
    let contractId: SaleContractID
    let contractNumber: String
    let unitId: UnitID
    let project: String
    let unitNumber: String
    /// Square metres.
    let area: Double
    /// `open`, `completed`.
    let status: String
    let openedAt: Date
    let dueAt: Date?
    let completedAt: Date?
    let completedBy: StaffID?
    let completedByName: String?
    let note: String?
    /// The care that follows; lists leave it out.
    let care: [Care]?

    init(_ line: HandoverLine, names: [StaffID: String], care: [CareStep]? = nil) {
        let record = line.record
        id = record.id
        uid = record.uid
        customerName = line.customerName
        contractId = record.contractID
        contractNumber = record.contractNumber
        unitId = record.unitID
        project = record.project
        unitNumber = record.unitNumber
        area = record.area
        status = record.isOpen ? "open" : "completed"
        openedAt = record.openedAt
        dueAt = record.dueAt
        completedAt = record.completedAt
        completedBy = record.completedBy
        completedByName = record.completedBy.flatMap { names[$0] }
        note = record.note
        self.care = care?.map { step in
            Care(
                step: step.step,
                dueAt: step.dueAt,
                status: step.sentAt == nil ? "planned" : "sent",
                sentAt: step.sentAt,
                why: step.why
            )
        }
    }
}
