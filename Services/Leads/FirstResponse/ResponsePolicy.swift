import Contracts
import Foundation
import Policies
import Postgres

/// By when somebody must have spoken with the person of a lead, and when the ladder goes on, per grade; seconds.
struct ResponsePolicy: Policy {
    static let name = "response.first"
    static let standard = ResponsePolicy()

    var aRespondWithin = 300
    var aReassignAfter = 300
    var aManagerAfter = 300
    var bRespondWithin = 1_800
    var bReassignAfter = 300
    var bManagerAfter = 300
    var cRespondWithin = 7_200
    var cReassignAfter = 300
    var cManagerAfter = 300
    // Whether the clocks of a grade stand still while the office is closed.
    var aOpenHours = true
    var bOpenHours = true
    var cOpenHours = true
    /// Whether they run all the same while somebody works by hours of their own.
    var shiftsCount = true

    static let fields: [PolicyField<ResponsePolicy>] = [
        PolicyField(\.aRespondWithin, "aRespondWithin", .seconds, within),
        PolicyField(\.aReassignAfter, "aReassignAfter", .seconds, within),
        PolicyField(\.aManagerAfter, "aManagerAfter", .seconds, within),
        PolicyField(\.bRespondWithin, "bRespondWithin", .seconds, within),
        PolicyField(\.bReassignAfter, "bReassignAfter", .seconds, within),
        PolicyField(\.bManagerAfter, "bManagerAfter", .seconds, within),
        PolicyField(\.cRespondWithin, "cRespondWithin", .seconds, within),
        PolicyField(\.cReassignAfter, "cReassignAfter", .seconds, within),
        PolicyField(\.cManagerAfter, "cManagerAfter", .seconds, within),
        PolicyField(\.aOpenHours, "aOpenHours"),
        PolicyField(\.bOpenHours, "bOpenHours"),
        PolicyField(\.cOpenHours, "cOpenHours"),
        PolicyField(\.shiftsCount, "shiftsCount"),
    ]

    /// Half a minute to a week.
    private static let within = 30...604_800
}

/// The times of one grade, in seconds.
struct ResponseTarget: Sendable, Equatable {
    var respondWithin: Double
    /// From the reminder to the next agent.
    var reassignAfter: Double
    /// From the next agent to the manager.
    var managerAfter: Double
    /// Of the ``ResponsePolicy``.
    var version: Int
    /// The version of the calendar that the clock goes by; nil for the clock on the wall.
    var calendar: Int?

    static let timerKind = "leads.first-response"
}

/// The targets of all grades.
struct ResponseTargets: Sendable {
    let policy: Versioned<ResponsePolicy>
    let calendar: Versioned<BusinessCalendar>
    /// The office is closed, but somebody is at work by hours of their own.
    let isStaffedWhileClosed: Bool

    /// As they were delivered.
    static let standard = ResponseTargets(
        policy: Versioned(value: .standard, version: 1),
        calendar: Versioned(value: .standard, version: 1)
    )

    subscript(grade: Grade) -> ResponseTarget {
        let times = policy.value
        let (respond, reassign, manager) =
            switch grade {
            case .a: (times.aRespondWithin, times.aReassignAfter, times.aManagerAfter)
            case .b: (times.bRespondWithin, times.bReassignAfter, times.bManagerAfter)
            case .c: (times.cRespondWithin, times.cReassignAfter, times.cManagerAfter)
            }
        return ResponseTarget(
            respondWithin: Double(respond),
            reassignAfter: Double(reassign),
            managerAfter: Double(manager),
            version: policy.version,
            calendar: goesByCalendar(grade) ? calendar.version : nil
        )
    }

    init(
        policy: Versioned<ResponsePolicy>,
        calendar: Versioned<BusinessCalendar>,
        isStaffedWhileClosed: Bool = false
    ) {
        self.policy = policy
        self.calendar = calendar
        self.isStaffedWhileClosed = isStaffedWhileClosed
    }

    /// `isStaffed` says whether somebody is at work by hours of their own at this moment.
    init(_ policies: PolicySet, _ calendar: Versioned<BusinessCalendar>, isStaffed: Bool, at now: Date) {
        self.init(
            policy: policies.current(ResponsePolicy.self),
            calendar: calendar,
            isStaffedWhileClosed: isStaffed && !calendar.value.isOpen(at: LocalTime(now))
        )
    }

    private func goesByCalendar(_ grade: Grade) -> Bool {
        if isStaffedWhileClosed, policy.value.shiftsCount { return false }
        return switch grade {
        case .a: policy.value.aOpenHours
        case .b: policy.value.bOpenHours
        case .c: policy.value.cOpenHours
        }
    }

    /// When the clock of a lead runs out that begins now.
    func dueAt(_ grade: Grade, from now: Date) -> Date { moment(self[grade].respondWithin, after: now, grade) }

    /// So many seconds after another moment, by the clock of the grade.
    func moment(_ seconds: Double, after start: Date, _ grade: Grade) -> Date {
        goesByCalendar(grade)
            ? calendar.value.deadline(from: start, after: seconds) : start.addingTimeInterval(seconds)
    }

    static func load(_ tx: Transaction, at now: Date) async throws -> ResponseTargets {
        let results = try await tx.pipeline([
            PolicyStore.newest, BusinessCalendarStore.newest, RosterStore.staffed(at: LocalTime(now)),
        ])
        return ResponseTargets(
            try PolicySet(results[0]),
            try BusinessCalendarStore.current(results[1]),
            isStaffed: try results[2].first?["is_staffed"] ?? false,
            at: now
        )
    }
}
