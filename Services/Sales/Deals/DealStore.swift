import Contracts
import Failures
import Foundation
import Postgres
import Web

/// The tables `deals` and `deal_stages`, one deal at a time.
struct DealStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The deal, locked; outside of what `access` sees there is none.
    func locked(_ id: DealID, for access: Access) async throws -> Deal {
        guard access.sight.mayAct else { throw CustomerStore.notYours }
        let found = try await tx.first(Self.columns + " WHERE d.id = \(id) FOR UPDATE OF d", as: Self.deal)
        guard let found, access.sees(found) else { throw Rejection.notFound("deal", id) }
        return found
    }

    func seen(_ id: DealID, by access: Access) async throws -> Deal {
        let found = try await tx.first(Self.columns + " WHERE d.id = \(id)", as: Self.deal)
        guard let found, access.sees(found) else { throw Rejection.notFound("deal", id) }
        return found
    }

    /// A customer's deals, the newest first.
    func deals(of uid: UID) async throws -> [Deal] {
        try await tx.all(Self.columns + " WHERE d.uid = \(uid) ORDER BY d.opened_at DESC, d.id", as: Self.deal)
    }

    func add(_ deal: Deal, by actor: String) async throws {
        try await tx.execute(
            """
            INSERT INTO deals (id, uid, lead_id, title, project, unit_id, expected_minor, currency, stage, owner_id,
                               team_id, opened_at, stage_entered_at)
            VALUES (\(deal.id), \(deal.uid), \(deal.leadID), \(deal.title), \(deal.project), \(deal.unitID),
                    \(deal.expected?.minor), \(deal.expected?.currency ?? "CNY"), \(deal.stage.rawValue),
                    \(deal.dealOwnerID), \(deal.teamID), \(deal.openedAt), \(deal.stageEnteredAt))
            """
        )
        try await enter(deal.stage, deal.id, at: deal.openedAt, by: actor)
    }

    /// Puts the deal into another stage and keeps when it left the last.
    func move(_ deal: Deal, to stage: Deal.Stage, at now: Date, by actor: String) async throws {
        try await tx.execute(
            "UPDATE deals SET stage = \(stage.rawValue), stage_entered_at = \(now) WHERE id = \(deal.id)"
        )
        try await leave(deal.id, at: now)
        try await enter(stage, deal.id, at: now, by: actor)
    }

    func lose(_ deal: Deal, _ reason: Deal.LossReason, note: String?, at now: Date, by actor: String) async throws {
        try await tx.execute(
            """
            UPDATE deals
               SET stage = 'lost', stage_entered_at = \(now), lost_reason = \(reason.rawValue), lost_note = \(note)
             WHERE id = \(deal.id)
            """
        )
        try await leave(deal.id, at: now)
        try await enter(.lost, deal.id, at: now, by: actor)
    }

    /// The unit that the deal is about from now on; where no price is expected yet, its own is.
    func choose(_ unit: UnitID, for deal: DealID) async throws {
        try await tx.execute(
            """
            UPDATE deals d
               SET unit_id = u.id, project = u.project, expected_minor = coalesce(d.expected_minor, u.price_minor),
                   currency = CASE WHEN d.expected_minor IS NULL THEN u.currency ELSE d.currency END
              FROM units u
             WHERE u.id = \(unit) AND d.id = \(deal)
            """
        )
    }

    /// What the deal brings, as its contract says.
    func settle(_ price: Money, for deal: DealID) async throws {
        try await tx.execute(
            "UPDATE deals SET expected_minor = \(price.minor), currency = \(price.currency) WHERE id = \(deal)"
        )
    }

    private func enter(_ stage: Deal.Stage, _ id: DealID, at now: Date, by actor: String) async throws {
        try await tx.execute(
            """
            INSERT INTO deal_stages (deal_id, stage, entered_at, moved_by)
            VALUES (\(id), \(stage.rawValue), \(now), \(actor))
            """
        )
    }

    private func leave(_ id: DealID, at now: Date) async throws {
        try await tx.execute("UPDATE deal_stages SET left_at = \(now) WHERE deal_id = \(id) AND left_at IS NULL")
    }

    static let columns: SQL = """
        SELECT d.id, d.uid, d.lead_id, d.title, d.project, d.unit_id, d.expected_minor, d.currency, d.stage,
               d.lost_reason, d.lost_note, d.owner_id, d.team_id, d.opened_at, d.stage_entered_at, c.is_with_service
          FROM deals d JOIN customers c ON c.uid = d.uid
        """

    static func deal(_ row: Row) throws -> Deal {
        let expected: Int64? = try row["expected_minor"]
        let currency: String = try row["currency"]
        let reason: String? = try row["lost_reason"]
        return Deal(
            id: try row["id"],
            uid: try row["uid"],
            leadID: try row["lead_id"],
            title: try row["title"],
            project: try row["project"],
            unitID: try row["unit_id"],
            expected: expected.map { Money(minor: $0, currency: currency) },
            stage: Deal.Stage(rawValue: try row["stage"]) ?? .firstTalk,
            lostReason: reason.flatMap(Deal.LossReason.init),
            lostNote: try row["lost_note"],
            dealOwnerID: try row["owner_id"],
            teamID: try row["team_id"],
            isWithService: try row["is_with_service"],
            openedAt: try row["opened_at"],
            stageEnteredAt: try row["stage_entered_at"]
        )
    }
}
