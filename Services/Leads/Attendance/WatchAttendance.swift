import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Web

/// Nothing stays with somebody who is not there: what they have not answered goes to others, and who comes gets what waits.
struct WatchAttendance: Sendable {
    static let timerKind = "leads.attendance"

    let place: PlaceLeads

    /// Changes when an agent works.
    func change(_ agent: StaffID, to attendance: Attendance, _ sight: Sight, _ work: Work) async throws {
        try sight.requireLeading()
        try attendance.check()
        guard let member = try await StaffStore(work.tx).find(agent), member.role == "agent", member.isActive else {
            throw Rejection.notFound("agent", agent)
        }
        guard sight.sees(Belonging(owners: [agent.uuid], teamID: member.teamID?.uuid)) else {
            throw Rejection.notFound("agent", agent)
        }
        try await AttendanceStore(work.tx).save(attendance, of: agent)
        try await work.publish(
            AgentHoursChanged(
                staffID: agent,
                week: attendance.week.mapValues(Hours.text),
                leaves: attendance.leaves.map { "\($0.first)/\($0.last)" },
                perDay: attendance.perDay
            ),
            about: "agent:\(agent)"
        )
        try await look(at: [agent: work.cause], work)
    }

    /// Sales says that somebody has come or gone: who is gone may come back before anything is taken from them.
    func changed(_ staff: StaffChanged, _ work: Work) async throws {
        guard staff.role == "agent", staff.isActive else { return }
        guard staff.isOnShift else { return try await set(after: work.now, for: staff.staffID, work) }
        try await arm(staff.staffID, cause: work.cause, work)
    }

    /// Somebody works here no more: all that is open of theirs goes to others, whoever it is and whatever was said.
    func left(_ staff: StaffID, _ work: Work) async throws {
        _ = try await take([.open, .contacted], from: staff, cause: work.cause, work)
    }

    /// The times of several have come.
    func callAsFunction(_ timers: [DueTimer], _ work: Work) async throws {
        let agents = timers.compactMap { timer in StaffID(timer.key).map { ($0, timer.cause) } }
        try await look(at: Dictionary(agents) { first, _ in first }, work)
    }

    /// Takes what those have not answered who are not there, oldest first, and gives what waits to those who are.
    private func look(at agents: [StaffID: Cause], _ work: Work) async throws {
        let everybody = try await RosterStore(work.tx).everybody(at: work.now)
        for (staff, cause) in agents where !everybody.contains(where: { $0.id == staff }) {
            guard try await StaffStore(work.tx).find(staff)?.isActive == false else { continue }
            _ = try await take([.open, .contacted], from: staff, cause: cause, work)
        }
        var isAnybodyThere = false
        for agent in everybody where agents[agent.id] != nil {
            if agent.absence == nil {
                isAnybodyThere = true
            } else {
                // What does not fit into one transaction has the next.
                if try await take([.open], from: agent.id, cause: agents[agent.id] ?? work.cause, work) { continue }
            }
            try await arm(agent.id, cause: agents[agent.id] ?? work.cause, work)
        }
        if isAnybodyThere { try await place.fromPool(work) }
    }

    /// - Returns: whether there may be more, for which a timer is set.
    private func take(_ statuses: [Lead.Status], from agent: StaffID, cause: Cause, _ work: Work) async throws -> Bool {
        let leads = try await LeadStore(work.tx).held(by: agent, statuses, atMost: PlaceLeads.atOnce)
        let causes = Dictionary(leads.map { ($0.id, cause) }) { first, _ in first }
        try await place.place(leads, .init(causes: causes, mayPool: true, mayReturn: true), work)
        guard leads.count == PlaceLeads.atOnce else { return false }
        try await work.timers.set(Self.timerKind, key: agent, at: work.now, cause: cause)
        return true
    }

    /// Wakes us when the agent's hours begin or have ended.
    private func arm(_ agent: StaffID, cause: Cause, _ work: Work) async throws {
        let patience = Double(try await PolicyStore(work.tx).current(AbsencePolicy.self).value.patience) * 60
        let next = try await AttendanceStore(work.tx).find(agent).nextChange(after: work.now, patience: patience)
        guard let next else { return }
        try await work.timers.set(Self.timerKind, key: agent, at: next, cause: cause)
    }

    private func set(after now: Date, for agent: StaffID, _ work: Work) async throws {
        let patience = Double(try await PolicyStore(work.tx).current(AbsencePolicy.self).value.patience) * 60
        try await work.timers.set(Self.timerKind, key: agent, at: now.addingTimeInterval(patience), cause: work.cause)
    }
}
