import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Takes a lead from a pool: who is first has it, and everybody else learns who that was.
struct ClaimLead: Sendable {
    let place: PlaceLeads

    @discardableResult
    func callAsFunction(_ id: LeadID, by agent: StaffID, _ work: Work) async throws -> Lead {
        let claims = ClaimStore(work.tx)
        // Most who come late are told without waiting for anybody.
        if let taken = try await claims.taken(id) { throw ClaimRules.lost(to: taken) }
        guard let member = try await StaffStore(work.tx).find(agent), member.isActive, member.role == "agent" else {
            throw Rejection(.forbidden, "only-agents-claim", "Only agents claim leads.")
        }
        guard let lead = try await LeadStore(work.tx).locked(id), lead.status.isOpen else {
            throw Rejection.notFound("lead", id)
        }
        guard let name = lead.pool else {
            guard let taken = try await claims.taken(id) else { throw Rejection.notFound("lead", id) }
            throw ClaimRules.lost(to: taken)
        }
        let pool = try await PoolStore(work.tx).all().first { $0.name == name }
        guard let pool, pool.teamID == nil || pool.teamID == member.teamID else {
            throw Rejection(.forbidden, "not-your-pool", "The lead waits in a pool of another team.")
        }
        let midnight = ClaimRules.midnight(before: work.now)
        guard let standing = try await claims.standing(of: agent, for: id, since: midnight) else {
            throw Rejection(.forbidden, "only-agents-claim", "Only agents claim leads.")
        }
        let policies = try await PolicyStore(work.tx).all()
        let policy = policies.current(ClaimPolicy.self)
        if let refusal = ClaimRules.refusal(standing, policy.value, now: work.now) { throw refusal }
        let why = Why(
            rule: "assign.claim",
            version: policy.version,
            inputs: [
                "by": work.cause.actor, "pool": pool.name, "load": "\(standing.load) of \(standing.capacity)",
                "claimsToday": "\(standing.today) of \(policy.value.perDay)",
            ],
            otherwise: "Whoever had been first would have it."
        )
        let assignment = Assignment(ownerID: agent, teamID: member.teamID, why: why)
        try await claims.add(id, by: agent, from: pool.name, at: work.now)
        return try await place.put([(lead, assignment)], .init(), ResponseTargets.load(work.tx), work)[0]
    }
}

/// Who may claim what; pure.
enum ClaimRules {
    /// Why an agent may not have a lead from a pool now, if so.
    static func refusal(_ standing: ClaimStore.Standing, _ policy: ClaimPolicy, now: Date) -> Rejection? {
        func no(_ code: String, _ sentence: String) -> Rejection { Rejection(.conflict, code, sentence) }
        if standing.isFrozen { return no("lead-frozen", "A manager keeps the lead back.") }
        if standing.load >= standing.capacity {
            return no("claim-full", "You have \(standing.load) open leads, which is as many as you may have.")
        }
        if standing.today >= policy.perDay {
            return no("claim-day-limit", "You have claimed \(standing.today) leads today; more tomorrow.")
        }
        if standing.held >= policy.heldAtOnce {
            return no("claim-held-limit", "You hold \(standing.held) claimed leads; close one first.")
        }
        if let left = standing.leftAt, policy.formerOwnerWaits > 0 {
            let from = left.addingTimeInterval(Double(policy.formerOwnerWaits) * 86_400)
            if now < from {
                return no("claim-former-owner", "It was yours: you may claim it again from \(Wire.text(of: from)) on.")
            }
        }
        return nil
    }

    static func lost(to taken: ClaimStore.Taken) -> Rejection {
        Rejection(.conflict, "claimed-already", "\(taken.name) has had it since \(Wire.text(of: taken.at)).")
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
