import Contracts
import Messaging

/// A customer has answered a message about their case: the case shows it, and whoever has it is told.
///
/// It stops no clock and starts none; a case that is closed stays closed until somebody has read it.
struct TakeAnswer: Sendable {
    func callAsFunction(_ answer: MessageAnswered, _ work: Work) async throws {
        guard let id = answer.caseID else { return }
        let cases = CaseStore(work.tx)
        let isForgotten = try await ForgottenPersonStore(work.tx).isForgotten(answer.uid)
        guard !isForgotten, let record = try await cases.locked([id])[id] else { return }
        try await cases.add(
            CaseEntry(at: answer.receivedAt, kind: .answer, text: answer.text, event: MessageAnswered.name),
            to: id
        )
        let customer = try await CustomerStore(work.tx).customer(record.uid)
        try await work.publish(
            CaseAnswered(
                caseID: id,
                number: record.number,
                uid: record.uid,
                answerID: answer.answerID,
                text: answer.text,
                title: record.title,
                isClosed: !record.isOpen,
                recipients: try await recipients(of: record, work),
                customerName: customer?.name,
                answeredAt: answer.receivedAt
            ),
            about: id,
            uid: record.uid
        )
    }

    /// The owner; where there is none who still works here, whoever leads the desk.
    private func recipients(of record: Case, _ work: Work) async throws -> [StaffID] {
        let staff = StaffStore(work.tx)
        if let id = record.ownerID, let owner = try await staff.member(id), owner.isActive { return [owner.id] }
        return try await staff.active(roles: ["supervisor"]).map(\.id)
    }
}
