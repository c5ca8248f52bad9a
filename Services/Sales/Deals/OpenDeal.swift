import Contracts
import Failures
import Messaging

/// A deal as somebody wants to open it.
struct DealWish: Sendable, Equatable {
    var uid: UID
    /// The customer's name and project where nothing is said.
    var title: String?
    var unitID: UnitID?
    var expected: Money?
}

/// Puts a customer's intention on the board.
struct OpenDeal: Sendable {
    func callAsFunction(_ wish: DealWish, by access: Access, _ work: Work) async throws -> Deal {
        let customers = CustomerStore(work.tx)
        let customer = try await customers.locked(wish.uid, for: access)
        let unit = try await wished(wish.unitID, work)
        let deal = try Deal(wish, with: customer, about: unit, by: access, at: work)
        try await DealStore(work.tx).add(deal, by: work.cause.actor)
        if customer.stage != .won { try await customers.reached(.deal, customer.uid, at: work.now) }
        try await work.publish(deal.opened, about: deal.id, uid: deal.uid)
        return deal
    }

    private func wished(_ id: UnitID?, _ work: Work) async throws -> Unit? {
        guard let id else { return nil }
        return try await UnitStore(work.tx).unit(id)
    }
}

extension Deal {
    /// A new deal in the first stage.
    ///
    /// It belongs to whoever the customer belongs to.
    fileprivate init(
        _ wish: DealWish,
        with customer: Customer,
        about unit: Unit?,
        by access: Access,
        at work: Work
    ) throws {
        if let expected = wish.expected { try expected.check("expected") }
        let project = unit?.project ?? customer.need?.projects?.first
        let named = [customer.card.name, unit?.number].compactMap { $0 }
        let names = named.isEmpty ? [project ?? customer.uid.description] : named
        self.init(
            id: .new(),
            uid: customer.uid,
            leadID: customer.leadID,
            title: try (wish.title?.nonEmpty ?? names.joined(separator: " · ")).atMost(200, field: "title"),
            project: project,
            unitID: unit?.id,
            expected: wish.expected ?? unit?.price,
            stage: .firstTalk,
            lostReason: nil,
            lostNote: nil,
            dealOwnerID: customer.ownerID ?? access.staffID,
            teamID: customer.teamID ?? access.teamID,
            isWithService: customer.isWithService,
            openedAt: work.now,
            stageEnteredAt: work.now
        )
    }
}

extension Money {
    /// - Throws: a ``Rejection`` for an amount that nobody pays or a currency that is none.
    func check(_ field: String) throws {
        guard minor > 0, minor <= 1_000_000_000_000_000 else {
            throw Rejection.invalid("\(field)/minor", "amount-out-of-range", "\(field) is a positive amount.")
        }
        guard currency.count == 3, currency.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
            throw Rejection.invalid("\(field)/currency", "unknown-currency", "currency is an ISO 4217 code.")
        }
    }
}
