import Contracts
import Foundation
import Messaging
import Policies

/// Leads that nobody follows up: the owner is warned, then the manager, then the lead goes to a pool; each once.
struct RecycleIdle: Sendable {
    static let timerKind = "leads.idle"

    /// A step of the ladder.
    enum Step: String, Codable, Sendable, CaseIterable {
        case owner
        case manager
        case pool

        /// How many days after the last call.
        func days(_ policy: RecyclePolicy) -> Int {
            switch self {
            case .owner: policy.warnOwner
            case .manager: policy.warnManager
            case .pool: policy.toPool
            }
        }

        var next: Step? { self == .owner ? .manager : self == .manager ? .pool : nil }

        /// When it is due for a lead that nobody has followed up since then.
        func due(since: Date, _ policy: RecyclePolicy) -> Date {
            since.addingTimeInterval(Double(days(policy)) * 86_400)
        }
    }

    /// What the timer of a lead knows: which step is next.
    struct Payload: Codable, Sendable {
        var step: Step
        /// Since when the lead had been left alone as the step before was taken.
        var since: Date?

        /// Which step comes later than was planned: whose lead was followed up, or given to them, since the last one is
        /// warned anew; timers of earlier versions do not say, and go by whether the first is due.
        func step(since now: Date, isFirstDue: Bool) -> Step {
            let isAnew = since.map { now > $0.addingTimeInterval(1) } ?? !isFirstDue
            return isAnew ? .owner : step
        }
    }

    let place: PlaceLeads

    /// Begins the ladder of leads that somebody has, from now on.
    static func begin(_ leads: [LeadID], policy: RecyclePolicy, from: Date, cause: Cause, _ work: Work) async throws {
        try await work.timers.set(
            leads.map { try timer($0, .owner, at: Step.owner.due(since: from, policy), cause) }
        )
    }

    private static func timer(
        _ lead: LeadID,
        _ step: Step,
        since: Date? = nil,
        at due: Date,
        _ cause: Cause
    ) throws -> TimerDraft {
        try TimerDraft(timerKind, key: lead, at: due, payload: Payload(step: step, since: since), cause: cause)
    }

    /// One lead's step.
    private struct Fall {
        let lead: Lead
        let owner: StaffID
        let step: Step
        let since: Date
        let dueAt: Date
        let cause: Cause

        /// The next step is as long after this one as the policy says, also where this one came late.
        func nextTimer(_ policy: RecyclePolicy) throws -> TimerDraft? {
            try step.next.map { next in
                let pause = Double(next.days(policy) - step.days(policy)) * 86_400
                return try RecycleIdle.timer(lead.id, next, since: since, at: dueAt.addingTimeInterval(pause), cause)
            }
        }
    }

    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let policies = try await PolicyStore(work.tx).all()
        let policy = policies.current(RecyclePolicy.self)
        let falls = try await falls(timers, policy.value, work)
        try await toPool(falls.filter { $0.step == .pool }, policy, policies, work)
        try await work.timers.set(
            falls.compactMap { try $0.nextTimer(policy.value) }
        )
        try await tell(falls, policy, work)
    }

    /// The steps of those that still stand, whose leads are locked.
    ///
    /// Who was called meanwhile begins anew, and so does with whom Sales has a deal, once that has come to an end; where only the policy gives more time now, no step is taken a second time.
    private func falls(_ timers: [DueTimer], _ policy: RecyclePolicy, _ work: Work) async throws -> [Fall] {
        let store = LeadStore(work.tx)
        let locked = try await store.locked(timers.compactMap { LeadID($0.key) })
        let leads = Dictionary(locked.map { ($0.id, $0) }) { first, _ in first }
        let idle = try await store.idleSince(locked.map(\.id))
        let selling = try await DealStore(work.tx).underWay(with: Set(locked.map(\.uid)))
        var falls: [Fall] = []
        var again: [TimerDraft] = []
        for timer in timers {
            guard let lead = LeadID(timer.key).flatMap({ leads[$0] }), lead.status.isOpen, let owner = lead.ownerID,
                let since = idle[lead.id]
            else { continue }
            guard !selling.contains(lead.uid) else {
                again.append(try Self.timer(lead.id, .owner, at: Step.owner.due(since: work.now, policy), timer.cause))
                continue
            }
            let planned = try timer.payload(Payload.self)
            if timer.dueAt < planned.step.due(since: since, policy).addingTimeInterval(-1) {
                let isFirstDue = Step.owner.due(since: since, policy) <= work.now
                let step = planned.step(since: since, isFirstDue: isFirstDue)
                let due = step.due(since: since, policy)
                again.append(try Self.timer(lead.id, step, since: planned.since, at: due, timer.cause))
            } else {
                let step = planned.step
                let due = timer.dueAt
                falls.append(Fall(lead: lead, owner: owner, step: step, since: since, dueAt: due, cause: timer.cause))
            }
        }
        try await work.timers.set(again)
        return falls
    }

    private func toPool(
        _ falls: [Fall],
        _ policy: Versioned<RecyclePolicy>,
        _ policies: PolicySet,
        _ work: Work
    ) async throws {
        guard !falls.isEmpty else { return }
        let pools = try await PoolStore(work.tx).all()
        let placed = falls.map { fall in
            let pool = Self.pool(for: fall.lead, among: pools)
            return (lead: fall.lead, assignment: Assignment(pool: pool, why: Self.why(fall, policy)))
        }
        let causes = Dictionary(falls.map { ($0.lead.id, $0.cause) }) { first, _ in first }
        let manner = PlaceLeads.Manner(causes: causes, restartsClock: false)
        _ = try await place.put(placed, manner, ResponseTargets.load(work.tx, at: work.now), work)
        try await work.timers.cancel(ResponseTarget.timerKind, keys: falls.map(\.lead.id))
        try await EnrolPeople.note(falls.map(\.lead.id), NurturePlan.recycled, work)
    }

    /// The team's own pool for recycled leads, where there is one; else everybody's.
    static func pool(for lead: Lead, among pools: [Pool]) -> String {
        let taking = pools.filter(\.takesRecycled)
        let own = taking.first { $0.teamID != nil && $0.teamID == lead.teamID }
        return (own ?? taking.first { $0.teamID == nil })?.name ?? Assignment.mainPool
    }

    private static func why(_ fall: Fall, _ policy: Versioned<RecyclePolicy>) -> Why {
        Why(
            rule: "recycle.\(fall.step.rawValue)",
            version: policy.version,
            inputs: [
                "since": Wire.text(of: fall.since), "days": "\(fall.step.days(policy.value))",
                "grade": fall.lead.grade.rawValue,
            ],
            otherwise: "A call to the person before would have begun the count anew."
        )
    }

    private func tell(_ falls: [Fall], _ policy: Versioned<RecyclePolicy>, _ work: Work) async throws {
        guard !falls.isEmpty else { return }
        let names = try await PersonStore(work.tx).names(of: Set(falls.map(\.lead.uid)))
        let posts = falls.map { StaffStore.Post(agent: $0.owner, team: $0.lead.teamID) }
        let managers = try await StaffStore(work.tx).managers(of: posts)
        let pools = try await PoolStore(work.tx).all()
        let drafts = zip(falls, posts).map { fall, post in
            let event = LeadIdle(
                leadID: fall.lead.id,
                uid: fall.lead.uid,
                step: fall.step.rawValue,
                ownerID: fall.owner,
                managerID: fall.step == .manager ? managers[post] : nil,
                pool: fall.step == .pool ? Self.pool(for: fall.lead, among: pools) : nil,
                grade: fall.lead.grade.rawValue,
                customerName: names[fall.lead.uid],
                since: fall.since,
                why: Self.why(fall, policy)
            )
            return Draft(event, about: fall.lead.id, uid: fall.lead.uid, cause: fall.cause)
        }
        try await work.publish(drafts)
    }
}
