import Foundation
import Postgres
import Testing

/// A server of the test's own, which may be stopped and changed.
struct PrivateServer {
    private let folder: URL
    let url: String

    /// Runs `body` with a new server, which is removed afterwards.
    static func run(_ body: (PrivateServer) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/lintel-pg-\(UUID().uuidString.prefix(8))")
        try call(folder, "start")
        defer { _ = try? call(folder, "remove") }
        try await body(PrivateServer(folder: folder, url: try call(folder, "url")))
    }

    func restart() throws { try Self.call(folder, "restart") }
    func stop() throws { try Self.call(folder, "stop") }
    func start() throws { try Self.call(folder, "start") }

    @discardableResult
    private static func call(_ folder: URL, _ command: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let output = FileManager.default.temporaryDirectory.appending(path: "lintel-pg-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        try Data().write(to: output)
        let process = Process()
        process.executableURL = root.appending(path: "deploy/local/postgres.sh")
        process.arguments = [command, folder.path]
        // A file, since the server would inherit a pipe and keep it open.
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "postgres.sh \(command) failed")
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
