import Contracts
import Foundation
import Messaging
import Policies

/// Sends what is due to people on their way through sequences, and lets go of those for whom it is over.
struct Nurture: Sendable {
    /// Steps are due, or pauses are over: what holds now decides.
    func fire(_ timers: [DueTimer], _ work: Work) async throws {
        let store = EnrolmentStore(work.tx)
        let underWay = try await store.locked(timers.compactMap { EnrolmentID($0.key) }).filter(\.state.isUnderWay)
        let causes = Dictionary(timers.map { ($0.key, $0.cause) }) { first, _ in first }
        let isDue = { (one: Enrolment) in one.nextAt.map { $0 <= work.now } ?? false }
        // One that was put off since rings again at its new time.
        try await Self.setTimers(of: underWay.filter { !isDue($0) }, causes: causes, work)
        let moves = try await moves(underWay.filter(isDue), work)
        try await settle(moves, causes, work)
    }

    /// Something has happened to a person: they leave, or what is due is put off, at once and not at the next step.
    ///
    /// `hasDeal` where a deal has just been told of, whether it came from a lead or not.
    func reconsider(_ uid: UID, repliedAt: Date? = nil, hasDeal: Bool = false, _ work: Work) async throws {
        let survivor = try await AliasStore(work.tx).survivor(of: uid)
        let store = EnrolmentStore(work.tx)
        var underWay = try await store.locked(of: [survivor]).filter(\.state.isUnderWay)
        guard !underWay.isEmpty else { return }
        if let repliedAt {
            for index in underWay.indices {
                underWay[index].repliedAt = max(underWay[index].repliedAt ?? repliedAt, repliedAt)
            }
            try store.save(underWay)
        }
        let moves = try await moves(underWay, hasDeal: hasDeal, work).filter { move in
            switch move.turn {
            case .exit: true
            case .pause(let until): move.before.nextAt.map { $0 < until } ?? false
            case .send, .pass, .finish: false
            }
        }
        try await settle(moves, [:], work)
    }

    /// What becomes of somebody now.
    private struct Move {
        let before: Enrolment
        let turn: NurtureTurn
        let plan: NurturePlan
        let after: Enrolment
    }

    private func moves(_ enrolments: [Enrolment], hasDeal: Bool = false, _ work: Work) async throws -> [Move] {
        guard !enrolments.isEmpty else { return [] }
        let plans = try await NurtureStore(work.tx).plans(of: enrolments)
        let facts = try await NurtureFactStore(work.tx).facts(of: Array(Set(enrolments.map(\.uid))))
        let policy = try await PolicyStore(work.tx).current(NurturePolicy.self)
        return enrolments.compactMap { one in
            guard let (plan, isOn) = plans[NurtureStore.Key(one)].map({ ($0.plan, $0.isOn) }) else { return nil }
            var facts = facts[one.uid] ?? NurtureFacts(isErased: true)
            facts.hasDeal = facts.hasDeal || hasDeal
            let turn = one.turn(plan, isOn: isOn, facts, policy.value, now: work.now)
            let why = turn.why(one, plan, facts, policy)
            return Move(before: one, turn: turn, plan: plan, after: one.after(turn, plan, why, now: work.now))
        }
    }

    private func settle(_ moves: [Move], _ causes: [String: Cause], _ work: Work) async throws {
        guard !moves.isEmpty else { return }
        let store = EnrolmentStore(work.tx)
        try store.save(moves.map(\.after))
        let sent = try await store.noteSent(
            moves.compactMap { move in
                guard case .send(let step, let template) = move.turn else { return nil }
                return EnrolmentStore.Sending(id: move.before.id, step: step, template: template)
            },
            at: work.now
        )
        try await work.publish(
            moves.flatMap { move in
                let cause = causes[move.before.id.description] ?? work.cause
                return [
                    sent.contains(move.before.id) ? Self.due(move, cause) : nil, Self.changed(move, cause),
                ].compactMap(\.self)
            }
        )
        try await Self.setTimers(of: moves.map(\.after), causes: causes, work)
    }

    private static func due(_ move: Move, _ cause: Cause) -> Draft? {
        guard case .send(let step, let template) = move.turn, let due = move.before.nextAt else { return nil }
        let event = NurtureDue(
            uid: move.before.uid,
            enrolmentID: move.before.id.description,
            sequence: move.plan.name,
            step: step + 1,
            template: template,
            dueAt: due,
            why: move.after.why
        )
        return Draft(event, about: move.before.id, uid: move.before.uid, cause: cause)
    }

    /// What is worth a line in the journal besides what was sent.
    private static func changed(_ move: Move, _ cause: Cause) -> Draft? {
        if case .send = move.turn, move.after.state.isUnderWay { return nil }
        return draft(move.turn.outcome, move.after, move.plan.name, cause)
    }

    static func draft(_ outcome: String, _ enrolment: Enrolment, _ sequence: String, _ cause: Cause) -> Draft {
        let event = NurtureChanged(
            uid: enrolment.uid,
            enrolmentID: enrolment.id.description,
            sequence: sequence,
            version: enrolment.version,
            outcome: outcome,
            stepsDone: enrolment.stepsDone,
            nextAt: enrolment.nextAt,
            why: enrolment.why
        )
        return Draft(event, about: enrolment.id, uid: enrolment.uid, cause: cause)
    }

    static func setTimers(of enrolments: [Enrolment], causes: [String: Cause] = [:], _ work: Work) async throws {
        try await work.timers.set(
            enrolments.compactMap { one in
                try one.nextAt.map { next in
                    let cause = causes[one.id.description] ?? work.cause
                    return try TimerDraft(Enrolment.timerKind, key: one.id, at: next, cause: cause)
                }
            }
        )
    }
}
