import Contracts
import Failures
import Messaging

/// Gives a deal up, with a reason; what it held is free again.
struct LoseDeal: Sendable {
    func callAsFunction(
        _ id: DealID,
        reason name: String,
        note: String?,
        by access: Access,
        _ work: Work
    ) async throws -> Deal {
        let deals = DealStore(work.tx)
        let deal = try await deals.locked(id, for: access)
        guard let reason = Deal.LossReason(rawValue: name) else {
            let reasons = Deal.LossReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw Rejection.invalid("reason", "unknown-reason", "reason is one of \(reasons).")
        }
        guard deal.stage.isOpen else {
            throw Rejection(.conflict, "deal-closed", "The deal is \(deal.stage.rawValue) already.")
        }
        let note = try note?.nonEmpty?.atMost(2_000, field: "note")
        try await deals.lose(deal, reason, note: note, at: work.now, by: work.cause.actor)
        try await EndHolds().ofDeal(id, because: .dealLost, work)
        try await CustomerStore(work.tx).lostDeal(deal.uid, at: work.now)
        try await work.publish(deal.lost(reason, note: note), about: id, uid: deal.uid)
        return try await deals.seen(id, by: access)
    }
}
