import Contracts
import Foundation
import Messaging

/// Stores what is learnt about attempts: all reports that come at about the same time in one transaction.
struct RecordReports: Sendable {
    let spine: Spine
    let wakeUp: SendingSignals

    /// Takes reports in the order in which they came, and says of each whether there is such a message.
    func callAsFunction(_ reports: [AttemptReport]) async throws -> [Bool] {
        try await spine.perform(Cause(actor: "system")) { work in
            let store = MessageStore(work.tx)
            let ids = Set(reports.map(\.messageID)).sorted()
            var known = Dictionary(uniqueKeysWithValues: try await store.locked(ids).map { ($0.id, $0) })
            var settled: [Message] = []
            var nextAt: [MessageID: Date] = [:]
            var proofs: [MessageID: ReachProof] = [:]
            for report in reports {
                guard var message = known[report.messageID],
                    let settling = report.settling(message, at: work.now)
                else { continue }
                (message.state, message.reason, message.detail) = (settling.state, settling.reason, settling.detail)
                known[message.id] = message
                nextAt[message.id] = work.now.addingTimeInterval(settling.retryAfter ?? 0)
                settled.append(message)
                if message.uid != nil {
                    proofs[message.id] = ReachProof(report, on: message.channel) ?? proofs[message.id]
                }
            }
            let changed = nextAt.sorted { $0.key < $1.key }
            try await store.save(changed.compactMap { known[$0.key] }, nextAt: changed.map(\.value), at: work.now)
            let isKnown = reports.map { known[$0.messageID] != nil }
            try await store.note(zip(reports, isKnown).filter(\.1).map(\.0.line), at: work.now)
            try await work.publish(settled.compactMap { $0.event() })
            try await KeepReach().shown(proofs, work)
            let steps = settled
            work.afterCommit {
                wakeUp.poke(for: steps)
                SendingMetrics.count(steps)
            }
            return isKnown
        }
    }
}
