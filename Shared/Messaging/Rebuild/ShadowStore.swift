import Foundation
public import Postgres

/// The SQL of building tables beside themselves, and of what is different then.
///
/// What is built stands in temporary tables of the same names, which stand before the tables themselves for every statement
/// that does not name a schema: so the very code that keeps a table builds it, and cannot touch the table itself.
struct ShadowStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// From here on everything is seen as it is once these tables are nobody else's.
    ///
    /// Readers are let through. The lock is taken before the first look, so that nothing is looked at that changes afterwards.
    func beginWith(locked tables: [String], in schema: String) async throws {
        try await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try await tx.execute("SET LOCAL statement_timeout = 0")
        try await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        for table in tables {
            try await tx.execute("LOCK TABLE \(Self.quoted(schema)).\(Self.quoted(table)) IN EXCLUSIVE MODE")
        }
    }

    func schema() async throws -> String {
        try await tx.first("SELECT current_schema()::text AS schema") { try $0["schema"] } ?? "public"
    }

    /// Puts empty tables before these.
    func cover(_ tables: [String], of schema: String) async throws {
        for table in tables {
            try await tx.execute(
                """
                CREATE TEMPORARY TABLE \(Self.quoted(table))
                    (LIKE \(Self.quoted(schema)).\(Self.quoted(table)) INCLUDING ALL) ON COMMIT DROP
                """
            )
        }
        // Statements that this session has prepared still mean the tables themselves.
        try await tx.execute("DISCARD PLANS")
    }

    /// A table with its columns, as the database knows it.
    func shape(of table: ProjectionTable, in schema: String) async throws -> ShadowedTable {
        let columns = try await tx.all(
            """
            SELECT a.attname::text AS name, a.attnotnull AS is_present, a.attidentity <> '' AS is_counted,
                   coalesce(a.attnum = ANY(i.indkey::int2[]), false) AS is_key
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
             WHERE n.nspname = \(schema) AND c.relname = \(table.name)
             ORDER BY a.attnum
            """
        ) { row in
            ShadowedTable.Column(
                name: try row["name"],
                isPresent: try row["is_present"],
                isCounted: try row["is_counted"],
                isKey: try row["is_key"]
            )
        }
        return ShadowedTable(table, columns, in: schema)
    }

    /// What is different between a table and what was built in its place.
    func difference(_ table: ShadowedTable, examples: Int) async throws -> TableDifference {
        try await tx.execute("ANALYZE \(table.shadow)")
        let rows = try await tx.first("SELECT count(*) AS rows FROM \(table.shadow)") { try $0["rows"] as Int } ?? 0
        func keys(_ alias: SQL, _ from: SQL, _ more: SQL = "NULL") async throws -> (count: Int, examples: [String]) {
            let found = try await tx.all(
                """
                SELECT count(*) OVER () AS count, concat_ws(' ', \(table.key(of: alias)), \(more)) AS key
                  \(from) ORDER BY 2 LIMIT \(examples)
                """
            ) { (count: try $0["count"] as Int, key: try $0["key"] as String) }
            return (found.first?.count ?? 0, found.map(\.key))
        }
        let changed = try await keys("o", table.changed, table.changedColumns)
        guard table.table.hasRows else { return TableDifference(table.table.name, rows: rows, changed: changed) }
        return TableDifference(
            table.table.name,
            rows: rows,
            added: try await keys("n", table.added),
            changed: changed,
            removed: try await keys("o", table.removed)
        )
    }

    /// Makes a table what was built in its place: only rows that differ are written.
    func bringOver(_ table: ShadowedTable) async throws {
        if table.table.hasRows {
            try await tx.execute("DELETE FROM \(table.original) AS o WHERE \(table.isMissingInShadow)")
        }
        try await tx.execute(
            """
            UPDATE \(table.original) AS o SET \(table.assignments)
              FROM \(table.shadow) AS n WHERE \(table.isSame) AND \(table.isChanged)
            """
        )
        guard table.table.hasRows else { return }
        try await tx.execute(
            """
            INSERT INTO \(table.original) (\(table.written))
            SELECT \(table.written) \(table.added) ORDER BY \(table.order)
            """
        )
    }

    static func quoted(_ name: String) -> SQL {
        SQL(stringLiteral: "\"" + name.replacing("\"", with: "\"\"") + "\"")
    }
}

/// A table, and the temporary one that stands before it.
struct ShadowedTable: Sendable {
    struct Column: Sendable {
        let name: String
        /// It is never NULL.
        let isPresent: Bool
        /// The database numbers the rows itself.
        let isCounted: Bool
        let isKey: Bool
    }

    let table: ProjectionTable
    let original: SQL
    let shadow: SQL
    private let columns: [Column]
    private let keys: [Column]
    private let compared: [Column]

    init(_ table: ProjectionTable, _ columns: [Column], in schema: String) {
        self.table = table
        self.columns = columns
        original = "\(ShadowStore.quoted(schema)).\(ShadowStore.quoted(table.name))"
        shadow = "pg_temp.\(ShadowStore.quoted(table.name))"
        let keys = columns.filter { table.key?.contains($0.name) ?? $0.isKey }
        self.keys = keys
        compared = columns.filter { column in
            if keys.contains(where: { $0.name == column.name }) || column.isCounted { return false }
            return table.compared?.contains(column.name) ?? !table.ignored.contains(column.name)
        }
    }

    func key(of alias: SQL) -> SQL { list(keys) { "\(alias).\($0)::text" } }

    var isSame: SQL {
        let conditions = keys.map { column -> SQL in
            let name = ShadowStore.quoted(column.name)
            return column.isPresent ? "o.\(name) = n.\(name)" : "o.\(name) IS NOT DISTINCT FROM n.\(name)"
        }
        return conditions.dropFirst().reduce(conditions[0]) { "\($0) AND \($1)" }
    }

    var isChanged: SQL {
        guard !compared.isEmpty else { return "false" }
        return "(\(list(compared) { "o.\($0)" })) IS DISTINCT FROM (\(list(compared) { "n.\($0)" }))"
    }

    /// The names of the columns in which two rows differ, in brackets.
    var changedColumns: SQL {
        let names = compared.map { column -> SQL in
            let name = ShadowStore.quoted(column.name)
            return "CASE WHEN o.\(name) IS DISTINCT FROM n.\(name) THEN \(column.name)::text END"
        }
        return "'(' || concat_ws(', ', \(names.reduce(SQL("NULL")) { "\($0), \($1)" })) || ')'"
    }

    var isMissingInShadow: SQL { "NOT EXISTS (SELECT FROM \(shadow) AS n WHERE \(isSame))" }
    var added: SQL { "FROM \(shadow) AS n WHERE NOT EXISTS (SELECT FROM \(original) AS o WHERE \(isSame))" }
    var removed: SQL { "FROM \(original) AS o WHERE \(isMissingInShadow)" }
    var changed: SQL { "FROM \(original) AS o JOIN \(shadow) AS n ON \(isSame) WHERE \(isChanged)" }

    var assignments: SQL {
        let mended = compared + columns.filter { table.carried.contains($0.name) }
        // A table of keys has nothing that could be changed; the statement is to be one all the same.
        return list(mended.isEmpty ? keys : mended) { "\($0) = n.\($0)" }
    }

    /// All columns that are not numbered by the database.
    var written: SQL { list(columns.filter { !$0.isCounted }) { $0 } }

    /// New rows are numbered in the order in which they were built.
    var order: SQL {
        let counted = columns.filter(\.isCounted)
        return list(counted.isEmpty ? keys : counted) { "n.\($0)" }
    }

    private func list(_ columns: [Column], _ write: (SQL) -> SQL) -> SQL {
        let items = columns.map { write(ShadowStore.quoted($0.name)) }
        return items.dropFirst().reduce(items.first ?? "NULL") { "\($0), \($1)" }
    }
}

extension OriginalTables {
    /// The table itself, as a statement names it.
    public subscript(_ table: String) -> SQL { "\(ShadowStore.quoted(schema)).\(ShadowStore.quoted(table))" }
}
