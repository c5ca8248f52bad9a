import Contracts
import Failures
import Foundation
import Messaging
import Postgres

/// The cases and what happened in them.
struct CaseStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// The next number of the year, without gaps: whoever takes one holds the year until they commit.
    func nextNumber(of year: Int) async throws -> String {
        let last: Int? = try await tx.first(
            """
            INSERT INTO case_numbers (year, last) VALUES (\(year)::integer, 1)
            ON CONFLICT (year) DO UPDATE SET last = case_numbers.last + 1
            RETURNING last::bigint AS last
            """
        ) { try $0["last"] }
        return Case.number(last ?? 1, of: year)
    }

    func insert(_ new: Case) async throws {
        try await tx.execute(
            """
            INSERT INTO cases (id, number, uid, kind, severity, title, text, unit_id, project, status, owner_id,
                               opened_by, opened_at, response_due_at, escalation_at, deadline_why, owner_why)
            VALUES (\(new.id), \(new.number), \(new.uid), \(new.kind.rawValue), \(new.severity.rawValue), \(new.title),
                    \(new.text), \(new.unitID), \(new.project), 'open', \(new.ownerID), \(new.openedBy),
                    \(new.openedAt), \(new.responseDueAt), \(new.escalationAt), \(try JSONText(wire: new.deadlineWhy)),
                    \(try JSONText(wire: new.ownerWhy)))
            """
        )
    }

    /// Reads a case and locks it until the transaction ends: an answer and a clock that runs out meet here.
    func locked(_ id: CaseID) async throws -> Case {
        let found = try await tx.first("\(CaseStore.cases) WHERE c.id = \(id) FOR UPDATE OF c", as: Case.init(row:))
        guard let found else { throw Rejection.notFound("case", id) }
        return found
    }

    /// Reads cases and locks them, in the order of their ids; those that there are not are missing.
    func locked(_ ids: [CaseID]) async throws -> [CaseID: Case] {
        let found = try await tx.all(
            "\(CaseStore.cases) WHERE c.id = ANY(\(ids.map(\.uuid))::uuid[]) ORDER BY c.id FOR UPDATE OF c",
            as: Case.init(row:)
        )
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }

    /// Keeps what may change about a case.
    func save(_ changed: Case) async throws {
        try await tx.execute(
            """
            UPDATE cases
               SET status = \(changed.isOpen ? "open" : "closed"), owner_id = \(changed.ownerID),
                   first_replied_at = \(changed.firstRepliedAt), closed_at = \(changed.closedAt),
                   result = \(changed.result), owner_why = \(try JSONText(wire: changed.ownerWhy))
             WHERE id = \(changed.id)
            """
        )
    }

    func add(_ entry: CaseEntry, to id: CaseID) async throws { try await add([(id, entry)]) }

    /// Adds entries to cases, in this order.
    func add(_ entries: [(id: CaseID, entry: CaseEntry)]) async throws {
        let whys = try entries.map { try $0.entry.why.map { try JSONText(wire: $0) } }
        try await tx.execute(
            """
            INSERT INTO case_entries (id, case_id, at, kind, staff_id, text, why, event)
            SELECT *
              FROM unnest(\(entries.map { UUID.v7(at: $0.entry.at) })::uuid[], \(entries.map(\.id.uuid))::uuid[],
                          \(entries.map(\.entry.at))::timestamptz[], \(entries.map(\.entry.kind.rawValue))::text[],
                          \(entries.map { $0.entry.staffID?.uuid })::uuid[], \(entries.map(\.entry.text))::text[],
                          \(whys)::jsonb[], \(entries.map { $0.entry.event?.text })::text[])
            """
        )
    }

    /// What happened in a case, oldest first.
    func entries(of id: CaseID) async throws -> [CaseEntry] {
        try await tx.all(
            """
            SELECT at, kind, staff_id, text, why, event FROM case_entries WHERE case_id = \(id) ORDER BY at, id
            """
        ) { row in
            let why: JSONText? = try row["why"]
            let event: String? = try row["event"]
            return CaseEntry(
                at: try row["at"],
                kind: try row.word("kind"),
                staffID: try row["staff_id"],
                text: try row["text"],
                why: try why?.decode(),
                event: event.map { MessageName($0) }
            )
        }
    }

    /// What a case is read with, wherever it is read.
    static let cases: SQL = """
        SELECT c.id, c.number, c.uid, c.kind, c.severity, c.title, c.text, c.unit_id, c.project, c.owner_id,
               c.opened_by, c.opened_at, c.response_due_at, c.escalation_at, c.first_replied_at, c.closed_at, c.result,
               c.deadline_why, c.owner_why
          FROM cases c
        """
}

/// One thing that happened in a case.
struct CaseEntry: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case opened
        case reply
        case alert
        case owner
        case closed
        /// The customer wrote back.
        case answer
    }

    let at: Date
    let kind: Kind
    /// Nil when a clock did it, or the customer.
    var staffID: StaffID?
    /// What was said; for an alert the number of its step.
    let text: String
    var why: Why?
    /// The message that told the others of it.
    var event: MessageName?
}

extension Case {
    init(row: Row) throws {
        let deadlineWhy: JSONText = try row["deadline_why"]
        let ownerWhy: JSONText = try row["owner_why"]
        self.init(
            id: try row["id"],
            number: try row["number"],
            uid: try row["uid"],
            kind: try row.word("kind"),
            severity: try row.word("severity"),
            title: try row["title"],
            text: try row["text"],
            unitID: try row["unit_id"],
            project: try row["project"],
            ownerID: try row["owner_id"],
            openedBy: try row["opened_by"],
            openedAt: try row["opened_at"],
            responseDueAt: try row["response_due_at"],
            escalationAt: try row["escalation_at"],
            firstRepliedAt: try row["first_replied_at"],
            closedAt: try row["closed_at"],
            result: try row["result"],
            deadlineWhy: try deadlineWhy.decode(),
            ownerWhy: try ownerWhy.decode()
        )
    }
}

extension Row {
    /// A word that stands for one of a few cases.
    func word<Word: RawRepresentable>(_ column: String) throws -> Word where Word.RawValue == String {
        let raw: String = try self[column]
        guard let word = Word(rawValue: raw) else {
            throw PostgresError(message: "column \(column) holds a word that this version does not know: \(raw)")
        }
        return word
    }
}
