public import Contracts
public import Messaging
import Postgres

extension Spine {
    /// The tables of the schema with their columns; the parts of a table are not told apart.
    public func tables() async throws -> [String: Set<String>] {
        let columns = try await read { tx in
            try await tx.all(
                """
                SELECT c.relname::text AS name, a.attname::text AS column
                  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
                   AND NOT c.relispartition
                """
            ) { (name: try $0["name"] as String, column: try $0["column"] as String) }
        }
        return Dictionary(grouping: columns, by: \.name).mapValues { Set($0.map(\.column)) }
    }

    /// Tables of which nothing is said, or twice, and those that are spoken of and are not there.
    public func overlooked(by holdings: Holdings) async throws -> Set<String> {
        let named = holdings.tables.map(\.name) + holdings.others.keys
        let twice = Dictionary(grouping: named) { $0 }.filter { $0.value.count > 1 }.keys
        return Set(try await tables().keys).symmetricDifference(named).union(twice)
    }
}

/// The file that a service hands out of a person, as far as tests look into it.
public struct HeldFile: Decodable, Sendable {
    private struct Row: Decodable, Sendable {}

    public let uids: [UID]
    private let held: [String: [Row]]

    public var tables: Set<String> { Set(held.keys) }
    /// The tables that hold something of the person.
    public var filled: Set<String> { Set(held.filter { !$0.value.isEmpty }.keys) }
}
