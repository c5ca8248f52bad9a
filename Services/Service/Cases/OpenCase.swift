import Contracts
import Failures
import Foundation
import Messaging

/// Takes what a customer has told us: numbers it, finds an owner, starts the clock, and tells the others, so that the
/// customer's receipt is confirmed.
struct OpenCase: Sendable {
    let spine: Spine
    let zone: TimeZone

    func callAsFunction(_ request: CaseRequest, _ cause: Cause) async throws -> Case {
        try await spine.perform(cause) { work in try await self(request, work) }
    }

    /// The same in a transaction that is open already.
    func callAsFunction(_ request: CaseRequest, _ work: Work) async throws -> Case {
        guard let customer = try await CustomerStore(work.tx).customer(request.uid) else {
            throw Rejection.invalid("uid", "customer-unknown", "There is no customer of this uid.")
        }
        // The year's row is locked from here on: cases are opened one after another, so that owners are chosen fairly.
        let number = try await CaseStore(work.tx).nextNumber(of: year(of: work.now))
        let opened = try await decide(request, number, work)
        try await CaseStore(work.tx).insert(opened)
        try await CaseStore(work.tx).add(.opening(of: opened), to: opened.id)
        if let owner = opened.ownerID { try await StaffStore(work.tx).noteGiven(to: owner, at: work.now) }
        try await work.timers.set(Ladder.timer, key: opened.id, at: opened.responseDueAt, cause: work.cause)
        try await work.publish(CaseOpened(opened, customerName: customer.name), about: opened.id, uid: opened.uid)
        return opened
    }

    private func decide(_ request: CaseRequest, _ number: String, _ work: Work) async throws -> Case {
        let tier = try await CustomerStore(work.tx).tier(of: request.uid)
        let deadline = try await ClockStore(work.tx).policy()
            .deadline(request.kind, request.severity, tier, openedAt: work.now)
        let choice = OwnerChoice.choose(among: try await StaffStore(work.tx).candidates())
        return Case(
            id: .new(),
            number: number,
            uid: request.uid,
            kind: request.kind,
            severity: request.severity,
            title: request.title,
            text: request.text,
            unitID: request.unitID,
            project: request.project,
            ownerID: choice.owner,
            openedBy: work.cause.staffID,
            openedAt: work.now,
            responseDueAt: deadline.dueAt,
            escalationAt: deadline.escalateAt,
            deadlineWhy: deadline.why,
            ownerWhy: choice.why
        )
    }

    private func year(of now: Date) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar.component(.year, from: now)
    }
}

extension CaseOpened {
    init(_ opened: Case, customerName: String?) {
        self.init(
            caseID: opened.id,
            number: opened.number,
            uid: opened.uid,
            kind: opened.kind.rawValue,
            title: opened.title,
            ownerID: opened.ownerID,
            customerName: customerName,
            responseDueAt: opened.responseDueAt,
            why: opened.deadlineWhy
        )
    }
}

extension CaseEntry {
    static func opening(of opened: Case) -> CaseEntry {
        CaseEntry(
            at: opened.openedAt,
            kind: .opened,
            staffID: opened.openedBy,
            text: opened.text,
            why: opened.ownerWhy,
            event: CaseOpened.name
        )
    }
}
