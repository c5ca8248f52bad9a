import Contracts
import Failures
import Messaging

/// Puts a case into another hand, at a supervisor's word.
///
/// The deadline stays: the customer has waited just as long.
struct GiveCase: Sendable {
    let spine: Spine

    func callAsFunction(_ id: CaseID, to owner: StaffID, by supervisor: StaffID, _ cause: Cause) async throws -> Case {
        try await spine.perform(cause) { work in try await self(id, to: owner, by: supervisor, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(_ id: CaseID, to owner: StaffID, by supervisor: StaffID, _ work: Work) async throws -> Case {
        guard let member = try await StaffStore(work.tx).member(owner), member.isActive,
            StaffMember.deskRoles.contains(member.role)
        else {
            throw Rejection.invalid("staffId", "not-on-the-desk", "staffId is nobody who works on the service desk.")
        }
        let cases = CaseStore(work.tx)
        let current = try await cases.locked(id)
        guard current.ownerID != owner else { return current }
        let why = OwnerChoice.given(by: supervisor)
        let given = try current.given(to: owner, why: why)
        try await cases.save(given)
        try await StaffStore(work.tx).noteGiven(to: owner, at: work.now)
        try await cases.add(
            CaseEntry(
                at: work.now,
                kind: .owner,
                staffID: supervisor,
                text: member.name,
                why: why,
                event: CaseReassigned.name
            ),
            to: id
        )
        let event = CaseReassigned(
            caseID: id,
            number: given.number,
            uid: given.uid,
            title: given.title,
            ownerID: owner,
            previousOwnerID: current.ownerID,
            staffID: supervisor,
            responseDueAt: given.isClockRunning ? given.responseDueAt : nil,
            why: why
        )
        try await work.publish(event, about: id, uid: given.uid)
        return given
    }
}
