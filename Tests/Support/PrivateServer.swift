import Foundation

/// A PostgreSQL server for one test alone, which may be started anew, stopped and changed.
public struct PrivateServer: Sendable {
    /// The superuser's address.
    public let url: String
    private let folder: URL

    /// Runs `body` with a new server, which is removed afterwards.
    public static func run(_ body: (PrivateServer) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/lintel-pg-\(UUID().uuidString.prefix(8))")
        do {
            try await command("start", folder)
            try await body(try PrivateServer(folder))
        } catch {
            try? await command("remove", folder)  // the test's own error is the one to see
            throw error
        }
        try await command("remove", folder)
    }

    private init(_ folder: URL) throws {
        func said(_ file: String) throws -> String {
            try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        self.folder = folder
        let port = try said("ports").replacing("PG=", with: "")
        url = "postgresql://postgres:\(try said("superpw"))@127.0.0.1:\(port)/postgres"
    }

    public func restart() async throws { try await Self.command("restart", folder) }
    public func stop() async throws { try await Self.command("stop", folder) }
    public func start() async throws { try await Self.command("start", folder) }

    private static func command(_ verb: String, _ folder: URL) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        try await shell(root.appending(path: "deploy/local/postgres.sh").path, [verb, folder.path])
    }
}
