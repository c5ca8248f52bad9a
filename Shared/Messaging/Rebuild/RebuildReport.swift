/// What building a projection again has changed, or would change.
public struct RebuildReport: Sendable {
    public let projection: String
    /// How many events it was built from; nil where it was built from what the service keeps.
    public let events: Int?
    public let tables: [TableDifference]

    /// Whether everything was as it is when it is built again.
    public var isSame: Bool { tables.allSatisfy(\.isEmpty) }
}

/// How a table differs from what was built in its place.
public struct TableDifference: Sendable, Equatable {
    public let table: String
    /// How many rows were built.
    public let rows: Int
    public let added: Int
    public let changed: Int
    public let removed: Int
    /// Some of the keys of each, to look at.
    public let examples: [Example]

    /// A row that differs, by its key: ids and names of kinds, nothing of a person.
    public struct Example: Sendable, Equatable {
        /// `added`, `changed`, `removed`.
        public let what: String
        public let key: String
    }

    public var isEmpty: Bool { added == 0 && changed == 0 && removed == 0 }

    typealias Keys = (count: Int, examples: [String])

    init(_ table: String, rows: Int, added: Keys = (0, []), changed: Keys, removed: Keys = (0, [])) {
        self.table = table
        self.rows = rows
        self.added = added.count
        self.changed = changed.count
        self.removed = removed.count
        examples = [("added", added), ("changed", changed), ("removed", removed)].flatMap { what, keys in
            keys.examples.map { Example(what: what, key: $0) }
        }
    }
}
