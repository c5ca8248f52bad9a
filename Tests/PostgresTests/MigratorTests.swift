import Foundation
import Postgres
import Testing

@Suite("Migrations", .timeLimit(patience))
struct MigratorTests {
    private func withFolders(_ files: [[String: String]], _ body: ([URL]) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "lintel-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        var folders: [URL] = []
        for (number, folder) in files.enumerated() {
            let url = root.appending(path: "\(number)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            for (name, text) in folder { try write(text, to: url.appending(path: name)) }
            folders.append(url)
        }
        try await body(folders)
    }

    private func write(_ text: String, to file: URL) throws { try Data(text.utf8).write(to: file) }

    private let journal = ["0001_journal.sql": "CREATE TABLE journal (id int);"]
    private let leads = [
        "0003_more.sql": "ALTER TABLE leads ADD note text; -- 备注",
        "0002_leads.sql": "CREATE TABLE leads (id int); INSERT INTO leads VALUES (1);",
        "README.md": "not a migration",
    ]

    @Test("what is missing is applied in the order of the names, across folders, once")
    func order() async throws {
        try await withFolders([leads, journal]) { folders in
            try await withDatabase { database in
                let migrator = Migrator(folders: folders, logger: quiet)
                let applied = try await migrator.apply(to: database)
                #expect(applied == ["0001_journal.sql", "0002_leads.sql", "0003_more.sql"])
                #expect(try await migrator.apply(to: database).isEmpty)
                try write("CREATE TABLE units ();", to: folders[0].appending(path: "0004_units.sql"))
                #expect(try await migrator.apply(to: database) == ["0004_units.sql"])
                #expect(try await database.count("schema_migrations") == 4)
            }
        }
    }

    @Test("two that migrate at once apply everything once")
    func atOnce() async throws {
        try await withFolders([journal, leads]) { folders in
            try await withDatabase { database in
                let migrator = Migrator(folders: folders, logger: quiet)
                let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 0..<4 { group.addTask { try await migrator.apply(to: database) } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(applied.sorted() == ["0001_journal.sql", "0002_leads.sql", "0003_more.sql"])
                #expect(try await database.count("leads") == 1)
            }
        }
    }

    @Test("a migration that changed after it was applied is refused by name")
    func changed() async throws {
        try await withFolders([journal]) { folders in
            try await withDatabase { database in
                let migrator = Migrator(folders: folders, logger: quiet)
                _ = try await migrator.apply(to: database)
                try write("CREATE TABLE journal (id bigint);", to: folders[0].appending(path: "0001_journal.sql"))
                let error = try await postgresError { _ = try await migrator.apply(to: database) }
                #expect(error.message.contains("0001_journal.sql"))
                #expect(error.retry == .never)
            }
        }
    }

    @Test("two files of the same name are refused")
    func clash() async throws {
        try await withFolders([journal, journal]) { folders in
            try await withDatabase { database in
                let error = try await postgresError {
                    _ = try await Migrator(folders: folders, logger: quiet).apply(to: database)
                }
                #expect(error.message.contains("0001_journal.sql"))
            }
        }
    }

    @Test("a migration that fails leaves nothing behind and names itself; those before it stay")
    func failing() async throws {
        let broken = ["0002_broken.sql": "CREATE TABLE half (id int); SELECT 1/0;"]
        try await withFolders([journal, broken]) { folders in
            try await withDatabase { database in
                let migrator = Migrator(folders: folders, logger: quiet)
                let error = try await postgresError { _ = try await migrator.apply(to: database) }
                #expect(error.message.contains("0002_broken.sql"))
                #expect(error.sqlState == "22012")
                #expect(try await database.count("schema_migrations") == 1)
                let half = try await database.read { try await $0.rows("SELECT to_regclass('half')::text AS name")[0] }
                #expect(try half["name"] == String?.none)
            }
        }
    }
}
