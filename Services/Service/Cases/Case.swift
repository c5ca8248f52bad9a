import Contracts
import Failures
import Foundation

/// Something that a customer has told us of and wants an answer to.
struct Case: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case complaint
        case suggestion
        case enquiry
        case repair
    }

    enum Severity: String, Sendable, CaseIterable {
        case low
        case normal
        case high
    }

    let id: CaseID
    /// What people call it: `C-2026-000017`.
    let number: String
    let uid: UID
    let kind: Kind
    let severity: Severity
    let title: String
    let text: String
    let unitID: UnitID?
    let project: String?
    var ownerID: StaffID?
    let openedBy: StaffID?
    let openedAt: Date
    let responseDueAt: Date
    let escalationAt: Date
    var firstRepliedAt: Date?
    var closedAt: Date?
    var result: String?
    let deadlineWhy: Why
    var ownerWhy: Why
}

extension Case {
    var isOpen: Bool { closedAt == nil }

    /// Whether the customer still waits for a first answer.
    var isClockRunning: Bool { isOpen && firstRepliedAt == nil }

    func isOverdue(at now: Date) -> Bool { isClockRunning && responseDueAt <= now }

    var ladder: Ladder { Ladder(dueAt: responseDueAt, escalateAt: escalationAt) }

    /// What is to be done, as people say it: `new`, `answered`, `closed`.
    var state: String {
        if !isOpen { return "closed" }
        return firstRepliedAt == nil ? "new" : "answered"
    }

    /// The same case after an answer, and whether it was the first, in time.
    func replied(at now: Date) throws -> (case: Case, isFirst: Bool, isWithinTarget: Bool) {
        guard isOpen else { throw Rejection.caseClosed(number) }
        guard isClockRunning else { return (self, false, (firstRepliedAt ?? now) <= responseDueAt) }
        var answered = self
        answered.firstRepliedAt = now
        return (answered, true, now <= responseDueAt)
    }

    /// The same case, done.
    ///
    /// What was done is what the customer is told, so it needs words.
    func closed(with result: String, at now: Date) throws -> Case {
        guard isOpen else { throw Rejection.caseClosed(number) }
        var done = self
        done.closedAt = now
        done.result = result
        return done
    }

    /// The same case in somebody else's hands.
    func given(to owner: StaffID, why: Why) throws -> Case {
        guard isOpen else { throw Rejection.caseClosed(number) }
        var given = self
        given.ownerID = owner
        given.ownerWhy = why
        return given
    }

    /// `C-2026-000017`.
    static func number(_ count: Int, of year: Int) -> String {
        let digits = "\(count)"
        return "C-\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

extension Rejection {
    static func caseClosed(_ number: String) -> Rejection {
        Rejection(.conflict, "case-closed", "\(number) is closed already.")
    }
}
