import Contracts
import Foundation
import Messaging

/// Takes in people whose deal was lost.
extension EnrolPeople {
    static let lostTimer = "leads.nurture-lost"

    /// A deal that came to nothing.
    struct LostDeal: Codable, Sendable {
        var uid: UID
        /// What a sequence calls it: `deal-lost:price`.
        var taking: String
    }

    /// A deal was lost: its person is looked at once that is committed.
    static func note(_ deal: DealLost, _ work: Work) async throws {
        let taking = NurturePlan.dealLost + deal.reason
        guard NurturePlan.takeable.contains(taking) else { return }
        let lost = LostDeal(uid: deal.uid, taking: taking)
        try await work.timers.set(lostTimer, key: deal.dealID, at: work.now, payload: lost, cause: work.cause)
    }

    /// Takes people of lost deals into the sequences that want them, unless they have another deal, or that one again.
    func lost(_ timers: [DueTimer], _ work: Work) async throws {
        let sequences = try await sequencesThatTake(work)
        guard !sequences.isEmpty else { return }
        let deals = try timers.map { timer in (timer, try timer.payload(LostDeal.self)) }
        let now = try await AliasStore(work.tx).survivors(of: Set(deals.map(\.1.uid)))
        var candidates: [Candidate] = []
        for (timer, deal) in deals {
            let members = try await AliasStore(work.tx).everybody(behind: [deal.uid])
            let known = try await DealStore(work.tx).of(members)
            guard known.allSatisfy({ $0.outcome == .lost }) else { continue }
            candidates.append(
                Candidate(
                    uid: now[deal.uid] ?? deal.uid,
                    taking: deal.taking,
                    rule: "nurture.enrolled-deal-lost",
                    inputs: ["reason": deal.taking, "deal": timer.key],
                    otherwise: "A deal that was lost for another reason does not bring its person in.",
                    cause: timer.cause
                )
            )
        }
        try await take(candidates, into: sequences, work)
    }

    /// Somebody who came to nothing, whom sequences may want.
    struct Candidate: Sendable {
        let uid: UID
        /// What a sequence says that it takes.
        let taking: String
        let rule: String
        let inputs: [String: String]
        let otherwise: String
        let cause: Cause
    }

    /// The sequences that take people in by themselves when something has come to nothing.
    func sequencesThatTake(_ work: Work) async throws -> [NurtureSequence] {
        try await NurtureStore(work.tx).sequences().filter { $0.plan.isActive && !$0.plan.takes.isEmpty }
    }

    /// Takes each into those sequences that want them.
    func take(_ candidates: [Candidate], into sequences: [NurtureSequence], _ work: Work) async throws {
        for sequence in sequences {
            let wanted = candidates.filter { sequence.plan.takes.contains($0.taking) }
            guard !wanted.isEmpty else { continue }
            let newcomers = Set(
                try await NurtureFactStore(work.tx).newcomers(
                    to: sequence.id,
                    among: wanted.map(\.uid),
                    limit: wanted.count,
                    now: work.now
                )
            )
            let people = wanted.filter { newcomers.contains($0.uid) }.map { one in
                let why = Contracts.Why(
                    rule: one.rule,
                    version: sequence.version,
                    inputs: one.inputs.merging(["sequence": sequence.plan.name]) { $1 },
                    otherwise: one.otherwise
                )
                return (one.uid, why, one.cause)
            }
            try await enrol(people, in: sequence, work)
        }
    }
}
