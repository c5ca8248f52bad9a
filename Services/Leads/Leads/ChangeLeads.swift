import Contracts
import Failures
import Foundation
import Messaging
import Web

/// What is done with several leads at once.
enum BulkAct: Sendable, Equatable {
    case assign(StaffID)
    /// Into the pool of this name.
    case pool(String)
    case discard(DiscardReason)
    /// Those that were given up are looked after again.
    case reopen(ReopenReason)

    /// What a form or a program says.
    /// - Throws: a ``Rejection`` that names what is missing.
    init(_ name: String, agent: String?, pool: String?, reason: String?) throws {
        switch name {
        case "assign":
            guard let agent = agent.flatMap({ StaffID($0) }) else {
                throw Rejection.invalid("agent", "no-such-agent", "Choose an agent.")
            }
            self = .assign(agent)
        case "pool": self = .pool(pool ?? Assignment.mainPool)
        case "discard": self = .discard(try DiscardReason(chosen: reason ?? ""))
        case "reopen": self = .reopen(try ReopenReason(chosen: reason ?? ""))
        default: throw Rejection.invalid("act", "unknown-act", "act is assign, pool, discard or reopen.")
        }
    }

    var name: String {
        switch self {
        case .assign: "assign"
        case .pool: "pool"
        case .discard: "discard"
        case .reopen: "reopen"
        }
    }

    /// Whether it can be taken back for a moment.
    var canBeUndone: Bool { name != "reopen" }
}

/// What came of it, lead by lead.
struct BulkResult: Sendable, Equatable {
    struct Refused: Sendable, Equatable {
        let lead: LeadID
        /// The person's name, where it is known.
        let name: String?
        /// Why: a stable slug.
        let code: String
    }

    /// Names what was done, for taking it back.
    let id: UUID
    var done: [LeadID] = []
    var refused: [Refused] = []
}

/// Where leads were before somebody moved many of them at once.
struct BulkBefore: Codable, Sendable, Equatable {
    struct Place: Codable, Sendable, Equatable {
        let lead: LeadID
        let owner: StaffID?
        let pool: String?
        /// Where it was put: only a lead that is still there goes back.
        let newOwner: StaffID?
        var newPool: String?
    }

    var places: [Place] = []
}

/// Gives up leads that somebody has chosen to give up, once it is too late to take that back.
struct BulkDiscard: Codable, Sendable {
    static let timerKind = "leads.bulk-discard"

    let leads: [LeadID]
    let reason: String
    let by: StaffID
}

/// Does one thing with several leads, each by the rules for one: those that it cannot be done with are named.
struct ChangeLeads: Sendable {
    /// How long it can be taken back; a little more than the page shows, for the way there.
    static let regret: TimeInterval = 10
    private static let most = 200

    let place: PlaceLeads
    let discard: DiscardLead
    let reopen: ReopenLead
    /// Told of the leads that have changed, once that is committed.
    let announce: @Sendable ([Lead]) -> Void

    func callAsFunction(_ ids: [LeadID], _ act: BulkAct, _ sight: Sight, _ work: Work) async throws -> BulkResult {
        guard !ids.isEmpty else { throw Rejection.invalid("lead", "nothing-chosen", "Choose leads first.") }
        guard ids.count <= Self.most else {
            throw Rejection.invalid("lead", "too-many", "At most \(Self.most) leads at once.")
        }
        if case .reopen(let reason) = act { return try await again(ids, reason, sight, work) }
        if case .discard = act { try sight.requireActing() } else { try sight.requireLeading() }
        let agent = try await agent(act, sight, work)
        try await check(act, sight, work)
        let locked = try await LeadStore(work.tx).locked(Array(Set(ids)).sorted())
        let seen = locked.filter { sight.sees($0.belonging(isSold: false)) }
        guard !seen.isEmpty else { throw Rejection.notFound("lead", ids[0]) }
        let able = seen.filter { Self.objection(to: act, $0) == nil }
        let names = try await PersonStore(work.tx).names(of: Set(seen.map(\.uid)))
        var result = BulkResult(id: .v7(at: work.now))
        result.done = able.map(\.id)
        result.refused = seen.compactMap { lead in
            Self.objection(to: act, lead).map { .init(lead: lead.id, name: names[lead.uid], code: $0) }
        }
        try await perform(act, able, agent, result.id, work)
        work.afterCommit { announce(able) }
        return result
    }

    /// Why this cannot be done with that lead; nil when it can.
    static func objection(to act: BulkAct, _ lead: Lead) -> String? {
        if !lead.status.isOpen { return "lead-not-open" }
        switch act {
        case .assign(let agent): return lead.ownerID == agent ? "has-it-already" : nil
        case .pool(let name):
            if lead.pool == name { return "in-pool-already" }
            return lead.status == .open ? nil : "spoken-with"
        case .discard, .reopen: return nil
        }
    }

    private func agent(_ act: BulkAct, _ sight: Sight, _ work: Work) async throws -> StaffMember? {
        guard case .assign(let id) = act else { return nil }
        return try await StaffStore(work.tx).agent(id, for: sight)
    }

    /// - Throws: a ``Rejection`` when there is no such pool for whoever wants to move leads into it.
    private func check(_ act: BulkAct, _ sight: Sight, _ work: Work) async throws {
        guard case .pool(let name) = act else { return }
        guard try await PoolStore(work.tx).all().contains(where: { $0.name == name && $0.isOpen(to: sight) }) else {
            throw Rejection.invalid("pool", "no-such-pool", "There is no pool \(name) that you may put leads into.")
        }
    }

    private func perform(
        _ act: BulkAct,
        _ leads: [Lead],
        _ agent: StaffMember?,
        _ id: UUID,
        _ work: Work
    ) async throws {
        guard !leads.isEmpty else { return }
        switch act {
        case .reopen: return
        case .discard(let reason):
            guard let by = work.cause.staffID else { return }
            let intent = BulkDiscard(leads: leads.map(\.id), reason: reason.rawValue, by: by)
            let due = work.now.addingTimeInterval(Self.regret)
            try await work.timers.set(BulkDiscard.timerKind, key: id.wire, at: due, payload: intent, cause: work.cause)
        case .assign:
            guard let agent else { return }
            try await keep(leads, newOwner: agent.id, id, work)
            try await place.byHand(leads, to: agent, by: work.cause.actor, work)
        case .pool(let name):
            try await keep(leads, newPool: name, id, work)
            try await place.toPool(leads, name, by: work.cause.actor, work)
        }
    }

    private func keep(
        _ leads: [Lead],
        newOwner: StaffID? = nil,
        newPool: String? = nil,
        _ id: UUID,
        _ work: Work
    ) async throws {
        let before = BulkBefore(
            places: leads.map {
                .init(lead: $0.id, owner: $0.ownerID, pool: $0.pool, newOwner: newOwner, newPool: newPool)
            }
        )
        try await BulkChangeStore(work.tx).keep(before, id, by: work.cause.actor, now: work.now)
    }
}

extension ChangeLeads {
    /// Takes back what was done a moment ago; leads that somebody else has moved meanwhile stay where they are.
    /// - Throws: a ``Rejection`` when it is too late, or was somebody else's doing.
    func undo(_ id: UUID, _ work: Work) async throws {
        if try await BulkChangeStore(work.tx).cancelDiscard(id, by: work.cause.staffID) { return }
        let store = BulkChangeStore(work.tx)
        guard let before = try await store.take(id, by: work.cause.actor, since: work.now.addingTimeInterval(-60))
        else {
            throw Rejection(.conflict, "too-late-to-undo", "It is too late to take this back.")
        }
        let locked = try await LeadStore(work.tx).locked(before.places.map(\.lead).sorted())
        let leads = Dictionary(locked.map { ($0.id, $0) }) { first, _ in first }
        let still = before.places.compactMap { place in
            leads[place.lead].flatMap { place.isStill($0) ? (place, $0) : nil }
        }
        for (home, places) in Dictionary(grouping: still, by: \.0.home) {
            let moved = places.map(\.1)
            switch home {
            case .owner(let owner):
                guard let member = try await StaffStore(work.tx).find(owner), member.isActive else { continue }
                try await place.byHand(moved, to: member, by: work.cause.actor, work)
            case .pool(let name): try await place.toPool(moved, name, by: work.cause.actor, work)
            }
        }
        let moved = still.map(\.1)
        work.afterCommit { announce(moved) }
    }

    /// Nobody has taken it back: those that are still open are given up.
    func discardNow(_ timer: DueTimer, _ work: Work) async throws {
        let intent: BulkDiscard = try timer.payload()
        let named = work.following(.staff(intent.by, correlationID: timer.cause.correlationID))
        let leads = try await LeadStore(work.tx).locked(intent.leads.sorted()).filter(\.status.isOpen)
        try await discard(leads, DiscardReason(rawValue: intent.reason) ?? .other, note: nil, named)
        work.afterCommit { announce(leads) }
    }
}

extension BulkBefore.Place {
    /// Where a lead goes back to.
    fileprivate enum Home: Hashable {
        case owner(StaffID)
        case pool(String)
    }

    fileprivate var home: Home { owner.map(Home.owner) ?? .pool(pool ?? Assignment.mainPool) }

    /// Whether a lead is where it was put.
    fileprivate func isStill(_ lead: Lead) -> Bool {
        lead.status.isOpen && lead.ownerID == newOwner && (newPool == nil || lead.pool == newPool)
    }
}
