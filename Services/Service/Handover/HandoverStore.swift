import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// A hand-over in a list, with what its customer is called.
struct HandoverLine: Sendable, Equatable {
    let record: Handover
    let customerName: String?
}

/// The hand-overs.
struct HandoverStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Opens a hand-over; false when the contract has one.
    func open(_ new: Handover) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO handovers (id, contract_id, contract_number, uid, unit_id, project, unit_number, area,
                                   opened_at, due_at)
            VALUES (\(new.id), \(new.contractID), \(new.contractNumber), \(new.uid), \(new.unitID), \(new.project),
                    \(new.unitNumber), \(new.area), \(new.openedAt), \(new.dueAt))
            ON CONFLICT (contract_id) DO NOTHING
            """
        ) == 1
    }

    /// Reads a hand-over and locks it until the transaction ends.
    func locked(_ id: HandoverID) async throws -> Handover {
        let found = try await tx.first(
            HandoverStore.lines + "WHERE h.id = \(id) FOR UPDATE OF h",
            as: HandoverLine.init(row:)
        )
        guard let found else { throw Rejection.notFound("handover", id) }
        return found.record
    }

    /// Hand-overs by id, locked in the order of their ids; those that there are not are missing.
    func locked(_ ids: [HandoverID]) async throws -> [HandoverID: Handover] {
        let lines = try await tx.all(
            HandoverStore.lines + "WHERE h.id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY h.id FOR UPDATE OF h",
            as: HandoverLine.init(row:)
        )
        return Dictionary(uniqueKeysWithValues: lines.map { ($0.record.id, $0.record) })
    }

    /// Keeps what may change about a hand-over.
    func save(_ changed: Handover) async throws {
        try await tx.execute(
            """
            UPDATE handovers
               SET status = \(changed.isOpen ? "open" : "completed"), completed_at = \(changed.completedAt),
                   completed_by = \(changed.completedBy), note = \(changed.note)
             WHERE id = \(changed.id)
            """
        )
    }

    /// One hand-over, if it may be seen.
    func line(_ id: HandoverID, _ reach: Reach) async throws -> HandoverLine {
        let found = try await tx.first(
            HandoverStore.lines + "WHERE h.id = \(id) AND \(reach.handovers)",
            as: HandoverLine.init(row:)
        )
        guard let found else { throw Rejection.notFound("handover", id) }
        return found
    }

    /// Those to be made, the one that is promised first first.
    func open(_ reach: Reach, after mark: (at: Date, id: UUID)?, limit: Int) async throws -> [HandoverLine] {
        let rest: SQL =
            mark.map { "AND (coalesce(h.due_at, '4001-01-01 00:00:00+00'), h.id) > (\($0.at), \($0.id)) " } ?? ""
        return try await tx.all(
            HandoverStore.lines + "WHERE h.status = 'open' AND \(reach.handovers) " + rest
                + "ORDER BY coalesce(h.due_at, '4001-01-01 00:00:00+00'), h.id LIMIT \(limit)",
            as: HandoverLine.init(row:)
        )
    }

    /// Those that were made, the latest first.
    func completed(_ reach: Reach, after mark: (at: Date, id: UUID)?, limit: Int) async throws -> [HandoverLine] {
        let rest: SQL = mark.map { "AND (h.completed_at, h.id) < (\($0.at), \($0.id)) " } ?? ""
        return try await tx.all(
            HandoverStore.lines + "WHERE h.status = 'completed' AND \(reach.handovers) " + rest
                + "ORDER BY h.completed_at DESC, h.id DESC LIMIT \(limit)",
            as: HandoverLine.init(row:)
        )
    }

    /// Those of one customer, the latest first.
    func of(_ uid: UID, _ reach: Reach) async throws -> [HandoverLine] {
        try await tx.all(
            HandoverStore.lines
                + "WHERE h.uid = \(uid) AND \(reach.handovers) ORDER BY h.opened_at DESC, h.id LIMIT 50",
            as: HandoverLine.init(row:)
        )
    }

    /// The project of a unit that a customer bought.
    func project(of unit: UnitID, ownedBy uid: UID) async throws -> String? {
        try await tx.first("SELECT project FROM handovers WHERE unit_id = \(unit) AND uid = \(uid)") {
            try $0["project"]
        }
    }

    /// How many are to be made.
    func openCount(_ reach: Reach) async throws -> Int {
        try await tx.first(
            """
            SELECT count(*) AS n FROM handovers h JOIN customers p USING (uid)
             WHERE h.status = 'open' AND \(reach.handovers)
            """
        ) { try $0["n"] } ?? 0
    }

    private static let lines: SQL = """
        SELECT h.id, h.contract_id, h.contract_number, h.uid, h.unit_id, h.project, h.unit_number, h.area, h.opened_at,
               h.due_at, h.completed_at, h.completed_by, h.note, p.name AS customer_name
          FROM handovers h JOIN customers p USING (uid)

        """
}

extension HandoverLine {
    init(row: Row) throws {
        self.init(record: try Handover(row: row), customerName: try row["customer_name"])
    }

    /// Where the list of those to be made, or of those that were made, goes on after this one.
    var mark: (at: Date, id: UUID) {
        (record.completedAt ?? record.dueAt ?? .distantFuture, record.id.uuid)
    }
}

extension Handover {
    init(row: Row) throws {
        self.init(
            id: try row["id"],
            contractID: try row["contract_id"],
            contractNumber: try row["contract_number"],
            uid: try row["uid"],
            unitID: try row["unit_id"],
            project: try row["project"],
            unitNumber: try row["unit_number"],
            area: try row["area"],
            openedAt: try row["opened_at"],
            dueAt: try row["due_at"],
            completedAt: try row["completed_at"],
            completedBy: try row["completed_by"],
            note: try row["note"]
        )
    }
}
