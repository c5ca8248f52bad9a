import Contracts
import Foundation
import Messaging

/// What merges do to people on their way through sequences.
///
/// Of two who turn out to be one, whoever is further along goes on; when the merge is taken back, so does the other.
struct FoldEnrolments: Sendable {
    private static let merged = "merged"

    /// Before what is the merged one's becomes the survivor's.
    func merge(_ members: [UID], of merged: UID, into survivor: UID, _ work: Work) async throws {
        let store = EnrolmentStore(work.tx)
        let underWay = try await store.locked(of: [survivor, merged]).filter(\.state.isUnderWay)
        let doubles = Dictionary(grouping: underWay, by: \.sequenceID).values.flatMap { same in
            same.sorted { ($0.stepsDone, $1.startedAt, $1.id) > ($1.stepsDone, $0.startedAt, $0.id) }.dropFirst()
        }
        let why = Why(
            rule: "nurture.exit.merged",
            version: 1,
            inputs: ["survivor": survivor.description],
            otherwise: "Two different people would both have gone on."
        )
        try await save(
            doubles.map { one in
                var one = one
                one.leave(Self.merged, why, at: work.now)
                return one
            },
            "exited",
            work
        )
        try store.move(members, from: merged, to: survivor)
    }

    /// After what was the leaving one's is theirs again.
    func part(_ members: [UID], from survivor: UID, to leaving: UID, _ work: Work) async throws {
        let store = EnrolmentStore(work.tx)
        try store.move(members, from: survivor, to: leaving)
        let theirs = try await store.locked(of: [survivor, leaving])
        let plans = try await NurtureStore(work.tx).plans(of: theirs)
        let why = Why(rule: "nurture.parted", version: 1, inputs: [:], otherwise: "As one person, one would go on.")
        let back = Dictionary(grouping: theirs) { Way(sequence: $0.sequenceID, uid: $0.uid) }.values
            .compactMap { same -> Enrolment? in
                guard same.allSatisfy({ $0.reason == Self.merged }),
                    var one = same.max(by: { $0.stepsDone < $1.stepsDone }),
                    let plan = plans[NurtureStore.Key(one)]?.plan
                else { return nil }
                // What was sent while they were one was sent to both.
                let kin = theirs.filter { NurtureStore.Key($0) == NurtureStore.Key(one) }
                one.stepsDone = kin.map(\.stepsDone).max() ?? one.stepsDone
                one.comeBack(plan, why, now: work.now)
                return one
            }
        try await save(back, "enrolled", work)
        try await Nurture.setTimers(of: back, work)
    }

    private struct Way: Hashable {
        let sequence: SequenceID
        let uid: UID
    }

    private func save(_ enrolments: [Enrolment], _ outcome: String, _ work: Work) async throws {
        let plans = try await NurtureStore(work.tx).plans(of: enrolments)
        try EnrolmentStore(work.tx).save(enrolments)
        try await work.publish(
            enrolments.map { one in
                Nurture.draft(outcome, one, plans[NurtureStore.Key(one)]?.plan.name ?? "", work.cause)
            }
        )
    }
}
