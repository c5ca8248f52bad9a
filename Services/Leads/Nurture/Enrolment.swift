import Contracts
import Foundation

/// A person on the way through a sequence.
struct Enrolment: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        case active
        /// The person has answered; it goes on when they have been quiet for some days.
        case paused
        case finished
        case exited

        var isUnderWay: Bool { self == .active || self == .paused }
    }

    let id: EnrolmentID
    let sequenceID: SequenceID
    /// The version of the sequence that they were taken into, and go by.
    let version: Int
    /// Who they are now.
    var uid: UID
    var state = State.active
    /// Steps that were sent or passed over.
    var stepsDone = 0
    let startedAt: Date
    /// By how much pauses have put off everything that follows, in seconds.
    var putOff = 0.0
    var nextAt: Date?
    var repliedAt: Date?
    var endedAt: Date?
    /// Why they left.
    var reason: String?
    var why: Why

    static let timerKind = "leads.nurture"

    /// When a step of that day is due.
    func due(_ day: Int) -> Date { startedAt.addingTimeInterval(Double(day) * 86_400 + putOff) }

    /// They belong to somebody now who is further along on the same way.
    mutating func leave(_ reason: String, _ why: Why, at now: Date) {
        (self.reason, self.why) = (reason, why)
        end(.exited, at: now)
    }

    /// They are somebody of their own again.
    mutating func comeBack(_ plan: NurturePlan, _ why: Why, now: Date) {
        (state, reason, endedAt, self.why) = (.active, nil, nil, why)
        nextAt = plan.steps.dropFirst(stepsDone).first.map { max(now, due($0.day)) } ?? now
    }

    private mutating func end(_ state: State, at now: Date) {
        self.state = state
        nextAt = nil
        endedAt = now
    }
}

/// What is known of a person when a step is due.
struct NurtureFacts: Sendable, Equatable {
    var isErased = false
    /// Whether they allow marketing by text; nil where nobody has said.
    var allowsSMS: Bool? = true
    var allowsEmail: Bool?
    var hasPhone = true
    var hasEmail = false
    /// A deal of theirs is won, or under way.
    var hasDeal = false
    var lastEnquiryAt: Date?
    /// The tags that hold, each as `key=value`.
    var tags: Set<String> = []

    /// Why they cannot be written to, if so: what is sent here needs a yes.
    var silence: String? {
        if isErased { return "erased" }
        guard allowsSMS == true || allowsEmail == true else {
            return allowsSMS == false || allowsEmail == false ? "opted-out" : "no-consent"
        }
        let hasWay = (allowsSMS == true && hasPhone) || (allowsEmail == true && hasEmail)
        return hasWay ? nil : "no-address"
    }
}

/// What a step that is due comes to.
enum NurtureTurn: Sendable, Equatable {
    /// Sends this, as the step of that number, counted from 0.
    case send(step: Int, template: String)
    /// Nothing of the step fits the person.
    case pass(step: Int)
    case pause(until: Date)
    case exit(reason: String)
    case finish
}

extension Enrolment {
    /// What is to be done now; asked before every step, since everything may have changed since the last one.
    ///
    /// `plan` is what they go by; `isOn` says whether the sequence is switched on now.
    func turn(_ plan: NurturePlan, isOn: Bool, _ facts: NurtureFacts, _ policy: NurturePolicy, now: Date) -> NurtureTurn
    {
        if facts.isErased { return .exit(reason: "erased") }
        if facts.hasDeal { return .exit(reason: "deal") }
        if let silence = facts.silence { return .exit(reason: silence) }
        if now >= startedAt.addingTimeInterval(Double(policy.horizonDays) * 86_400) { return .exit(reason: "horizon") }
        if !isOn { return .exit(reason: "switched-off") }
        if let answered = answeredAt(facts) {
            if plan.reply == .end { return .exit(reason: "reply") }
            let quiet = answered.addingTimeInterval(Double(policy.pauseDays) * 86_400)
            if quiet > now { return .pause(until: quiet) }
        }
        guard let step = plan.steps.dropFirst(stepsDone).first else { return .finish }
        let fitting = step.lines.first { line in line.tag.map(facts.tags.contains) ?? true }
        return fitting.map { .send(step: stepsDone, template: $0.template) } ?? .pass(step: stepsDone)
    }

    /// When they last answered; only what came after they were enrolled is an answer.
    private func answeredAt(_ facts: NurtureFacts) -> Date? {
        [repliedAt, facts.lastEnquiryAt].compactMap(\.self).filter { $0 > startedAt }.max()
    }

    /// As it is after that turn.
    func after(_ turn: NurtureTurn, _ plan: NurturePlan, _ why: Why, now: Date) -> Enrolment {
        var next = self
        next.why = why
        switch turn {
        case .send(let step, _), .pass(let step):
            next.state = .active
            next.stepsDone = step + 1
            next.nextAt = plan.steps.dropFirst(next.stepsDone).first.map { due($0.day) }
            if next.nextAt == nil { next.end(.finished, at: now) }
        case .pause(let until):
            next.state = .paused
            next.putOff += until.timeIntervalSince(nextAt ?? now)
            next.nextAt = until
        case .exit(let reason): next.leave(reason, why, at: now)
        case .finish: next.end(.finished, at: now)
        }
        return next
    }
}
