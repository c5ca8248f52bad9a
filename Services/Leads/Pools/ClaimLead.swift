import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Web

/// Takes a lead from a pool: who is first has it, and everybody else learns who that was.
struct ClaimLead: Sendable {
    let place: PlaceLeads

    @discardableResult
    func callAsFunction(_ id: LeadID, by agent: StaffID, _ work: Work) async throws -> Lead {
        let claims = ClaimStore(work.tx)
        // Most who come late are told without waiting for anybody.
        if let taken = try await claims.taken(id) { throw ClaimRefusal.taken(taken) }
        guard let member = try await StaffStore(work.tx).find(agent), member.isActive, member.role == "agent" else {
            throw ClaimRefusal.onlyAgents
        }
        guard let lead = try await LeadStore(work.tx).locked(id), lead.status.isOpen else {
            throw Rejection.notFound("lead", id)
        }
        guard let name = lead.pool else {
            guard let taken = try await claims.taken(id) else { throw Rejection.notFound("lead", id) }
            throw ClaimRefusal.taken(taken)
        }
        let pool = try await PoolStore(work.tx).all().first { $0.name == name }
        guard let pool, pool.teamID == nil || pool.teamID == member.teamID else {
            throw ClaimRefusal.otherTeam
        }
        let midnight = ClaimRules.midnight(before: work.now)
        guard let standing = try await claims.standing(of: agent, for: id, in: pool, since: midnight) else {
            throw ClaimRefusal.onlyAgents
        }
        let policy = try await PolicyStore(work.tx).current(ClaimPolicy.self)
        let limits = ClaimLimits(policy.value, in: pool)
        if let refusal = ClaimRules.refusal(standing, limits, now: work.now) { throw refusal }
        let why = Why(
            rule: "assign.claim",
            version: policy.version,
            inputs: ClaimRules.inputs(standing, limits, pool).merging(["by": work.cause.actor]) { $1 },
            otherwise: "Whoever had been first would have it."
        )
        let assignment = Assignment(ownerID: agent, teamID: member.teamID, why: why)
        try await claims.add(id, by: agent, from: pool.name, at: work.now)
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        return try await place.put([(lead, assignment)], .init(isOwnDoing: true), targets, work)[0]
    }
}

/// Who may claim what; pure.
enum ClaimRules {
    /// Why an agent may not have a lead from a pool now, if so.
    static func refusal(_ standing: ClaimStore.Standing, _ limits: ClaimLimits, now: Date) -> ClaimRefusal? {
        if standing.isFrozen { return .frozen }
        if let from = limits.opening(standing.pooledAt, now: now) { return .newLead(limits.newLeadsWait, from: from) }
        if standing.load >= standing.capacity { return .full(load: standing.load) }
        if standing.today >= limits.perDay.value {
            return .dayLimit(today: standing.today, limits.perDay, from: midnight(after: now))
        }
        if standing.held >= limits.heldAtOnce.value { return .heldLimit(held: standing.held, limits.heldAtOnce) }
        if let left = standing.leftAt, limits.formerOwnerWaits.value > 0 {
            let from = left.addingTimeInterval(Double(limits.formerOwnerWaits.value) * 86_400)
            if now < from { return .formerOwner(limits.formerOwnerWaits, from: from) }
        }
        return nil
    }

    /// What a claim was allowed under.
    static func inputs(_ standing: ClaimStore.Standing, _ limits: ClaimLimits, _ pool: Pool) -> [String: String] {
        var inputs = [
            "pool": pool.name, "load": "\(standing.load) of \(standing.capacity)",
            "claimsToday": "\(standing.today) of \(limits.perDay.value)",
            "held": "\(standing.held) of \(limits.heldAtOnce.value)",
        ]
        if let own = pool.limits?.own, !own.isEmpty {
            inputs["poolLimits"] = own.map(\.rawValue).joined(separator: ", ")
            inputs["poolVersion"] = "\(pool.version ?? 1)"
        }
        return inputs
    }

    /// When the office's next day begins: a day and a half after this one began is in it, even where clocks are put back.
    static func midnight(after now: Date) -> Date {
        midnight(before: midnight(before: now).addingTimeInterval(129_600))
    }

    /// When the office's day began.
    static func midnight(before now: Date) -> Date {
        let local = LocalTime(now)
        let day = Date(timeIntervalSince1970: Double(local.day) * 86_400)
        return day.addingTimeInterval(-Double(LocalTime.zone.secondsFromGMT(for: now)))
    }
}

/// Keeps a lead in its pool from being claimed or given to anybody, or lets it go again.
struct FreezeLead: Sendable {
    let place: PlaceLeads

    func callAsFunction(_ id: LeadID, isFrozen: Bool, _ sight: Sight, _ work: Work) async throws {
        try sight.requireLeading()
        guard let lead = try await LeadStore(work.tx).locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        guard lead.status.isOpen, let pool = lead.pool else {
            throw Rejection(.conflict, "lead-not-in-pool", "Only a lead that waits in a pool can be kept back.")
        }
        let by = StaffID(sight.staffID)
        try await ClaimStore(work.tx).freeze(id, by: isFrozen ? by : nil, at: isFrozen ? work.now : nil)
        let event = LeadFrozen(leadID: id, uid: lead.uid, isFrozen: isFrozen, staffID: by, pool: pool)
        try await work.publish(event, about: id, uid: lead.uid)
        if !isFrozen { try await place.fromPool(work) }
    }
}
