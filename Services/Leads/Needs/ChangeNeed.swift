import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Corrects by hand what the person of a lead wants, and judges the lead anew by it.
struct ChangeNeed: Sendable {
    let followUps = KeepFollowUps()

    func callAsFunction(_ id: LeadID, _ change: NeedChange, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        guard let staff = work.cause.staffID, let lead = try await LeadStore(work.tx).locked(id),
            sight.sees(lead.belonging(isSold: false))
        else { throw Rejection.notFound("lead", id) }
        guard lead.status.isOpen else {
            throw Rejection(.conflict, "lead-not-open", "The lead is \(lead.status.rawValue) already.")
        }
        let store = NeedStore(work.tx)
        let before = try await store.need(of: id) ?? Need()
        let after = try change.applied(to: before).checked(insteadOf: before)
        let changed = after.differing(from: before)
        guard !changed.isEmpty else { return }
        try store.save(after, of: id, by: staff, at: work.now)
        let event = LeadNeedChanged(
            leadID: id,
            uid: lead.uid,
            staffID: staff,
            need: after,
            previous: before,
            changed: changed
        )
        try await work.publish(event, about: id, uid: lead.uid)
        try await tag(lead, after, changed, work)
        try await grade(lead, before, after, work)
    }

    /// Tags follow what was said now as they follow an enquiry.
    private func tag(_ lead: Lead, _ need: Need, _ changed: [String], _ work: Work) async throws {
        let tags = SaidTag.of(need.only(changed), message: nil)
        guard !tags.isEmpty else { return }
        let side = try await LeadStore(work.tx).side(of: lead.id) ?? lead.uid
        try TagStore(work.tx).say([(side, lead.id, tags)], at: work.now)
    }

    /// The grade is made anew from what is known now, also where it comes out the same: what it goes by is another.
    private func grade(_ lead: Lead, _ before: Need, _ after: Need, _ work: Work) async throws {
        let grades = GradeStore(work.tx)
        guard let inputs = try await grades.inputs(of: [lead.id])[lead.id]?.correcting(before, to: after) else {
            return
        }
        let table = try await grades.table()
        let targets = try await ResponseTargets.load(work.tx, at: work.now)
        guard let regrade = Regrade(lead, inputs, by: table, targets, now: work.now) else {
            return try await grades.confirm(lead, table.grade(inputs).why, actor: work.cause.actor, now: work.now)
        }
        try await grades.save([regrade], actor: work.cause.actor, now: work.now)
        try await work.timers.set([try regrade.timer(work.cause)].compactMap(\.self))
        try await work.publish(regrade.event, about: lead.id, uid: lead.uid)
        try await followUps.regraded([regrade.lead], work)
    }
}

extension Need {
    /// Of some members alone.
    func only(_ members: [String]) -> Need {
        func kept<Value>(_ member: String, _ value: Value?) -> Value? { members.contains(member) ? value : nil }
        return Need(
            purpose: kept("purpose", purpose),
            projects: kept("projects", projects),
            districts: kept("districts", districts),
            layouts: kept("layouts", layouts),
            budget: kept("budget", budget),
            area: kept("area", area),
            timeframe: kept("timeframe", timeframe)
        )
    }
}

/// What the person wants: a form says it beside what it has shown, a program says the whole need as it is to be.
struct NeedAct: LeadAct {
    static let path = "need"
    static let done = "leads.need.saved"

    let change: NeedChange

    init(from decoder: any Decoder) throws { change = NeedChange(wanted: try Need(from: decoder)) }

    init(_ form: Form, _ viewer: Viewer, _ app: LeadsApp) async throws {
        let projects = try await app.spine.read { try await SavedViewStore($0).places().projects }
        change = try NeedChange(form, projects: projects, viewer)
    }

    func carryOut(on id: LeadID, _ app: LeadsApp, _ sight: Sight, _ work: Work) async throws {
        try await app.changeNeed(id, change, sight, work)
    }
}
