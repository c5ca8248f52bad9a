import Foundation
import Messaging
import Postgres
import TestSupport

/// `Tests/CrashToy` as a process of its own, over the schema of a test's spine.
final class ToyProcess: Sendable {
    private let process = Process()
    private let input = Pipe()

    /// Starts it, to be killed when it comes by a failpoint for the first time.
    init(_ spine: Spine, killedAt failpoint: String? = nil) async throws {
        // Writing to a process that was killed must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        let schema: String? = try await spine.read { tx in
            try await tx.first("SELECT current_schema()::text AS name") { try $0["name"] }
        }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "CrashToy")
        process.environment = [
            "TOY_DATABASE_URL": TestServers.databaseURL, "TOY_SCHEMA": schema ?? "", "TOY_NAME": spine.service,
            "TOY_AMQP_URL": TestServers.brokerURL,
        ].merging(failpoint.map { ["LINTEL_FAILPOINT": $0] } ?? [:]) { first, _ in first }
        process.standardInput = input
        try process.run()
    }

    func tell(_ orders: [String]) {
        let text = orders.map { $0 + "\n" }.joined()
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))  // it may be dead already
    }

    /// Waits until it was killed, and fails when it ends in another way.
    func wasKilled() async throws {
        try await eventually("it is killed at the failpoint") { !process.isRunning }
        guard process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL else {
            throw NeverCame(description: "it ended by itself: \(process.terminationStatus)")
        }
    }

    /// Stops it gracefully and waits for its end.
    func stop() async throws {
        try input.fileHandleForWriting.close()
        try await eventually("it stops") { !process.isRunning }
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
}

/// A spine for a toy process, with its tables and with queues that are deleted afterwards.
func withToy(_ body: (Spine) async throws -> Void) async throws {
    let name = "toy\(UUID().uuidString.prefix(8).lowercased())"
    try await withSpine(name) { spine in
        try await spine.makeEffects()
        _ = try await spine.database.transaction { tx in try await tx.script("CREATE TABLE passes (reason text)") }
        let broker = try BrokerControl.shared()
        do {
            try await body(spine)
        } catch {
            // The test's own error is the one to see.
            for queue in ["events", "dead"] { try? await broker.deleteQueue("\(name).\(queue)") }
            throw error
        }
        for queue in ["events", "dead"] { try await broker.deleteQueue("\(name).\(queue)") }
    }
}
