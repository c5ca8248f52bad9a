import Contracts
import Failures
import Messaging

/// Moves a deal to another stage of the board.
struct MoveDeal: Sendable {
    func callAsFunction(_ id: DealID, to name: String, by access: Access, _ work: Work) async throws -> Deal {
        let deals = DealStore(work.tx)
        let deal = try await deals.locked(id, for: access)
        guard let stage = Deal.Stage(rawValue: name) else {
            throw Rejection.invalid("stage", "unknown-stage", "There is no stage of that name.")
        }
        try deal.stage.checkMove(to: stage)
        try await deals.move(deal, to: stage, at: work.now, by: work.cause.actor)
        try await work.publish(deal.moved(to: stage), about: id, uid: deal.uid)
        return try await deals.seen(id, by: access)
    }
}
