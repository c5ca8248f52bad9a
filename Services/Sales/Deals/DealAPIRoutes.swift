import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Deals and their contracts, for programs.
struct DealAPIRoutes: Sendable {
    let app: SalesApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/deals", use: list)
        group.get("api/v1/deals/:id", use: show)
        group.post("api/v1/deals") { request, context in
            try await app.create(request, context, from: NewDeal.self) { wish, access, work in
                guard let uid = wish.uid else { throw Rejection.invalid("uid", "missing-field", "uid is required.") }
                return DealAnswer(try await app.openDeal(wish.wish(uid), by: access, work))
            }
        }
        group.post("api/v1/customers/:uid/deals") { request, context in
            let uid: UID = try context.id("uid")
            return try await app.create(request, context, from: NewDeal.self) { wish, access, work in
                DealAnswer(try await app.openDeal(wish.wish(uid), by: access, work))
            }
        }
        group.post("api/v1/deals/:id/stage", use: move)
        group.post("api/v1/deals/:id/lose", use: lose)
        group.post("api/v1/deals/:id/contract", use: sign)
    }

    @Sendable
    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<DealAnswer> {
        let access = try context.access()
        let slice = try request.slice()
        let stage = try request.query("stage", "unknown-stage", "There is no stage of that name.") {
            Deal.Stage(rawValue: $0)
        }
        let after = try slice.after?.timeAndID()
        let deals = try await app.spine.read { tx in
            try await DealListStore(tx).list(
                stages: stage.map { [$0] } ?? Deal.Stage.allCases,
                after: after.map { (enteredAt: $0.time, id: $0.id) },
                for: access,
                limit: slice.limit + 1
            )
        }
        return PageOf(deals.map { DealAnswer($0.deal) }, slice) { Cursor($0.stageEnteredAt, $0.id.uuid) }
    }

    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let id: DealID = try context.id("id")
        let (deal, history) = try await app.spine.read { tx in
            (try await DealStore(tx).seen(id, by: access), try await DealListStore(tx).history(id))
        }
        return try Response.json(DealAnswer(deal, history: history.map(DealAnswer.Step.init)))
    }

    private struct Move: Decodable {
        let stage: String
    }

    @Sendable
    private func move(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let id: DealID = try context.id("id")
        let wish = try await request.json(Move.self, context).input
        let deal = try await app.spine.perform(try context.cause()) { work in
            try await app.moveDeal(id, to: wish.stage, by: access, work)
        }
        return try Response.json(DealAnswer(deal))
    }

    private struct Loss: Decodable {
        let reason: String
        let note: String?
    }

    @Sendable
    private func lose(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let id: DealID = try context.id("id")
        let loss = try await request.json(Loss.self, context).input
        let deal = try await app.spine.perform(try context.cause()) { work in
            try await app.loseDeal(id, reason: loss.reason, note: loss.note, by: access, work)
        }
        return try Response.json(DealAnswer(deal))
    }

    private struct NewContract: Decodable {
        let number: String?
        let price: Money
        let signedAt: Date?
        let handoverDueAt: Date?
        let unitId: UnitID?
    }

    @Sendable
    private func sign(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: DealID = try context.id("id")
        return try await app.create(request, context, from: NewContract.self) { wish, access, work in
            let record = ContractRecord(
                number: wish.number,
                price: wish.price,
                signedAt: wish.signedAt,
                handoverDueAt: wish.handoverDueAt,
                unitID: wish.unitId
            )
            return ContractAnswer(try await app.signContract(record, for: id, by: access, work))
        }
    }
}

private struct NewDeal: Decodable, Sendable {
    let uid: UID?
    let title: String?
    let unitId: UnitID?
    let expected: Money?

    func wish(_ uid: UID) -> DealWish { DealWish(uid: uid, title: title, unitID: unitId, expected: expected) }
}

/// A deal, for programs.
struct DealAnswer: Encodable, Sendable {
    struct Step: Encodable, Sendable {
        let stage: String
        let enteredAt: Date
        let leftAt: Date?

        init(_ step: (stage: String, enteredAt: Date, leftAt: Date?)) {
            (stage, enteredAt, leftAt) = step
        }
    }

    let id: DealID
    let uid: UID
    let leadId: LeadID?
    let title: String
    let project: String?
    let unitId: UnitID?
    let expected: Money?
    let stage: String
    /// Percent.
    let probability: Int
    let lostReason: String?
    let ownerId: StaffID
    let openedAt: Date
    let stageEnteredAt: Date
    let history: [Step]?

    init(_ deal: Deal, history: [Step]? = nil) {
        id = deal.id
        uid = deal.uid
        leadId = deal.leadID
        title = deal.title
        project = deal.project
        unitId = deal.unitID
        expected = deal.expected
        stage = deal.stage.rawValue
        probability = deal.stage.probability
        lostReason = deal.lostReason?.rawValue
        ownerId = deal.dealOwnerID
        openedAt = deal.openedAt
        stageEnteredAt = deal.stageEnteredAt
        self.history = history
    }
}

/// A signed contract, for programs.
struct ContractAnswer: Encodable, Sendable {
    let id: SaleContractID
    let number: String
    let dealId: DealID
    let uid: UID
    let unitId: UnitID
    let unitNumber: String
    let project: String
    let price: Money
    let signedAt: Date
    let handoverDueAt: Date?

    init(_ contract: SaleContract) {
        id = contract.id
        number = contract.number
        dealId = contract.dealID
        uid = contract.uid
        unitId = contract.unit.id
        unitNumber = contract.unit.number
        project = contract.unit.project
        price = contract.price
        signedAt = contract.signedAt
        handoverDueAt = contract.handoverDueAt
    }
}
