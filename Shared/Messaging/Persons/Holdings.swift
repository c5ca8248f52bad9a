public import Contracts
public import Foundation
public import Postgres

/// What a service holds of a person, table by table: what is handed out to whoever asks what is held of them, and what becomes
/// of it when they are forgotten.
///
/// Every table of the service's schema is named, one way or the other, so that a new one is not overlooked.
public struct Holdings: Sendable {
    /// Whose it is: all of their UIDs, and what is theirs (leads, deals, cases).
    public struct Person: Sendable {
        public let uids: [UID]
        public let things: [UUID]

        public init(uids: [UID], things: [UUID]) {
            self.uids = uids
            self.things = things
        }

        /// All of them, as journals know subjects.
        public var subjects: [String] { uids.map(\.description) + things.map(\.wire) }

        /// What a column that holds a UID of theirs is equal to.
        public var anyUID: SQL { "ANY(\(uids.map(\.uuid))::uuid[])" }
    }

    /// A table that says something of persons.
    public struct Table: Sendable {
        /// Where it stands in what is handed out.
        public enum Place: Sendable {
            /// Among what is held, under the table's name: a query for one column, `held`, of JSON.
            case rows(@Sendable (Person) -> SQL)
            /// A part of its own.
            case part(String)
        }

        /// What happens to it when the person is forgotten.
        public enum Erasure: Sendable, Equatable {
            case blanked
            /// With why there is nothing in it that says who they were.
            case kept(String)
        }

        public let name: String
        public let place: Place
        public let erasure: Erasure

        public init(_ name: String, _ erasure: Erasure, _ rows: @escaping @Sendable (Person) -> SQL) {
            self.name = name
            self.place = .rows(rows)
            self.erasure = erasure
        }

        public init(_ name: String, _ erasure: Erasure, part: String) {
            self.name = name
            self.place = .part(part)
            self.erasure = erasure
        }
    }

    public let tables: [Table]
    /// Tables that are not handed out, each with why.
    public let others: [String: String]

    /// What the spine keeps is added to both.
    public init(_ tables: [Table], others: [String: String]) {
        self.tables = tables
        self.others = others.merging(Holdings.spine) { own, _ in own }
    }

    /// Who a service knows them as.
    public static let customers = Table("customers", .blanked) {
        "SELECT to_jsonb(t) AS held FROM customers t WHERE t.uid = \($0.anyUID)"
    }

    /// The UIDs that were merged into theirs, or theirs into.
    public static func aliases(_ erasure: Table.Erasure) -> Table {
        Table("aliases", erasure) {
            "SELECT to_jsonb(t) AS held FROM aliases t WHERE t.uid = \($0.anyUID) OR t.survivor = \($0.anyUID)"
        }
    }

    /// That they were forgotten before.
    public static let forgotten = Table("forgotten", .kept("UIDs")) {
        "SELECT to_jsonb(t) AS held FROM forgotten t WHERE t.uid = \($0.anyUID)"
    }

    /// The journal's rows of a person.
    public static let journal = Table("journal", .blanked) { person in
        """
        SELECT jsonb_build_object('at', occurred_at, 'name', name, 'by', actor, 'data', data) AS held FROM journal
         WHERE uid = \(person.anyUID) OR subject = ANY(\(person.subjects)::text[])
         ORDER BY position
        """
    }

    private static let spine = [
        "schema_migrations": "names files",
        "streams": "how many events there were of a subject",
        "outbox": "places in the journal",
        "inbox": "ids of messages",
        "retries": "messages that wait to be tried again; what they say is in the journal then, and they are erased",
        "dead_letters": "messages that nobody understood; they are looked through and erased",
        "crash_suspects": "ids of messages",
        "timers": "what is due, by the ids of what it is about",
        "clock_offset": "names nobody",
        "idempotency": "answers that would be given again to the same request, for a day; they are erased",
        "tallies": "counts", "tally_state": "counts", "heard": "names of events",
    ]
}

extension Transaction {
    /// What a table holds of a person, each row as JSON; nil for what is a part of its own.
    public func held(_ table: Holdings.Table, of person: Holdings.Person) async throws -> [String]? {
        guard case .rows(let query) = table.place else { return nil }
        return try await all("SELECT held::text AS held FROM (\(query(person))) AS found") { try $0["held"] }
    }
}
