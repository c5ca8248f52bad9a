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
        try await call(folder, "start")
        let server = PrivateServer(folder: folder, url: try await call(folder, "url"))
        do {
            try await body(server)
        } catch {
            try await call(folder, "remove")
            throw error
        }
        try await call(folder, "remove")
    }

    func restart() async throws { try await Self.call(folder, "restart") }
    func stop() async throws { try await Self.call(folder, "stop") }
    func start() async throws { try await Self.call(folder, "start") }

    @discardableResult
    private static func call(_ folder: URL, _ command: String) async throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let output = FileManager.default.temporaryDirectory.appending(path: "lintel-pg-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        // Foundation takes a process for ended when nobody has its descriptors open any more: not even the server.
        let closing = #"(for n in /proc/self/fd/*; do n=${n##*/}; ((n < 3)) || eval "exec $n>&-"; done; exec "$@")"#
        let script = root.appending(path: "deploy/local/postgres.sh").path
        process.arguments = ["-c", closing, "bash", script, command, folder.path]
        // A file, since the server would keep a pipe open as well.
        process.standardOutput = try FileHandle(forWritingTo: output)
        // waitUntilExit() would block a thread of the cooperative pool.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try #require(process.terminationStatus == 0, "postgres.sh \(command) failed")
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
