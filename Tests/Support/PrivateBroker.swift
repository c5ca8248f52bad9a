public import AMQP
public import Foundation
import Glibc

/// A RabbitMQ node for one test alone, which may restart it, stop it in its tracks or take its memory away.
public struct PrivateBroker: Sendable {
    /// Plain TCP, the administrator's user, the virtual host `lintel`.
    public let endpoint: Endpoint
    /// The management interface with the administrator's credentials.
    public let management: URL
    /// Where TLS is served, if the folder held certificates at the start.
    public let tlsPort: Int
    /// The node's own folder, removed at the end.
    public let folder: URL

    /// Runs the body with a broker of its own.
    ///
    /// Where TLS is wanted, `prepare` puts `tls/ca.pem`, `tls/cert.pem` and `tls/key.pem` into the folder.
    public static func running(
        prepare: (URL) async throws -> Void = { _ in },
        _ body: (PrivateBroker) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lintel-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try await prepare(folder)
            try await command("start", folder)
            try await body(try PrivateBroker(folder))
        } catch {
            try? await command("remove", folder)  // the test's own error is the one to see
            throw error
        }
        try await command("remove", folder)
    }

    private init(_ folder: URL) throws {
        self.folder = folder
        let lines = try String(contentsOf: folder.appending(path: "ports"), encoding: .utf8).split(separator: "\n")
        var ports: [Substring: Int] = [:]
        for line in lines {
            let sides = line.split(separator: "=")
            ports[sides[0]] = Int(sides[1])
        }
        let file = folder.appending(path: "secrets/amqp-admin")
        let password = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let amqp = ports["AMQP"], let tls = ports["AMQPS"], let mgmt = ports["MGMT"],
            let management = URL(string: "http://admin:\(password)@127.0.0.1:\(mgmt)")
        else { throw CommandFailure(command: "read ports", output: lines.joined(separator: " ")) }
        endpoint = Endpoint(
            host: "127.0.0.1",
            port: amqp,
            user: "admin",
            password: password,
            virtualHost: "lintel"
        )
        self.management = management
        tlsPort = tls
    }

    /// What a power cut leaves.
    public func kill() async throws { try await Self.command("kill", folder) }

    public func start() async throws { try await Self.command("start", folder) }

    public func restart() async throws { try await Self.command("restart", folder) }

    /// `rabbitmqctl` with these arguments.
    public func control(_ arguments: String...) async throws { try await Self.command("ctl", folder, arguments) }

    /// Stops the node's process where it is, so that its sockets stay open and silent, or lets it go on.
    public func freeze(_ isFrozen: Bool) throws {
        let text = try String(contentsOf: folder.appending(path: "main.pid"), encoding: .utf8)
        guard let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            Glibc.kill(pid, isFrozen ? SIGSTOP : SIGCONT) == 0
        else { throw CommandFailure(command: "freeze", output: text) }
    }

    private static func command(_ verb: String, _ folder: URL, _ arguments: [String] = []) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = root.appending(path: "deploy/local/rabbitmq.sh").path
        try await shell(script, [verb, folder.path] + arguments)
    }
}

/// A command that a test needs went wrong.
public struct CommandFailure: Error {
    public let command: String
    public let output: String
}

/// Runs a command without the settings of whoever started the tests.
///
/// Not by Foundation's `Process`: that waits until nobody holds a certain descriptor, which servers that the command
/// leaves behind do for as long as they live.
public func shell(_ executable: String, _ arguments: [String]) async throws {
    let log = FileManager.default.temporaryDirectory.appending(path: "lintel-\(UUID().uuidString).log")
    defer { try? FileManager.default.removeItem(at: log) }  // a left-over log harms nobody
    let status: Int32 = await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: spawn([executable] + arguments, log: log.path)) }.start()
    }
    guard status == 0 else {
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? "status \(status)"
        throw CommandFailure(command: ([executable] + arguments).joined(separator: " "), output: said)
    }
}

/// The exit status as `waitpid` has it, or the number of the error that kept the command from starting.
private func spawn(_ words: [String], log: String) -> Int32 {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&files, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Swift's threads block signals, and a server that inherited that could not be stopped.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LINTEL_") }
    let arguments = words.map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + settings { free(text) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, words[0], &files, &attributes, arguments, settings)
    guard failure == 0 else { return failure }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
}
