import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Faults", .timeLimit(patience))
struct FaultTests {
    @Test(
        "a COMMIT whose answer is lost is unknown, whether it happened or not",
        arguments: CommitCutter.Moment.allCases,
        [false, true]
    )
    func unknownCommit(_ moment: CommitCutter.Moment, sentTogether: Bool) async throws {
        try await withDatabase { direct in
            try await direct.transaction { try await $0.script("CREATE TABLE deals (id int)") }
            let schema = try await direct.read {
                try await $0.first("SELECT current_schema()::text AS s") { try $0["s"] as String }
            }
            try await CommitCutter.run(try testURL(), cutting: moment) { url in
                var configuration = Database.Configuration(url: url)
                configuration.schema = schema
                let database = Database(configuration, logger: quiet)
                let error = try await postgresError {
                    try await database.transaction { transaction in
                        let insert: SQL = "INSERT INTO deals VALUES (1)"
                        if sentTogether { try transaction.later(insert) } else { try await transaction.execute(insert) }
                    }
                }
                #expect(error.isUnknownCommit)
                #expect(error.sqlState == nil)
                #expect(error.retry == .whenReachable)
                // The pool does not hand the lost connection out again.
                let one = try await database.transaction { transaction in
                    let one = try await transaction.first("SELECT 1 AS one") { try $0["one"] as Int }
                    throw Found(value: one)
                } catching: {
                    $0.value
                }
                #expect(one == 1)
                await database.close()
            }
            #expect(try await direct.count("deals") == (moment == .before ? 0 : 1))
        }
    }

    @Test("after a restart of the server the next transaction works, and none waits for its old one")
    func restart() async throws {
        try await PrivateServer.run { server in
            var configuration = Database.Configuration(url: server.url)
            configuration.poolSize = 4
            let database = Database(configuration, logger: quiet)
            // Several connections, so that several die.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await database.transaction { _ = try await $0.rows("SELECT pg_sleep(0.1)") } }
                }
                try await group.waitForAll()
            }
            let session = try await database.session()
            var heard = try await session.notifications(on: "wake").makeAsyncIterator()
            try await server.restart()
            #expect(await heard.next() == nil)
            for _ in 0..<8 { #expect(try await database.backend() > 0) }
            try await server.stop()
            let error = try await postgresError { try await database.backend() }
            #expect(error.retry == .whenReachable)
            try await server.start()
            #expect(try await database.backend() > 0)
            await session.close()
            await database.close()
        }
    }

    @Test("TLS is used and the server's certificate verified when the address says so")
    func tls() async throws {
        try await PrivateServer.run { server in
            let certificate = try await enableTLS(server)
            defer { try? FileManager.default.removeItem(at: certificate) }
            let plain = try #require(URLComponents(string: server.url))
            func url(host: String, certificate: String) throws -> String {
                var components = plain
                components.host = host
                components.queryItems = [
                    URLQueryItem(name: "sslmode", value: "verify-full"),
                    URLQueryItem(name: "sslrootcert", value: certificate),
                    URLQueryItem(name: "hostaddr", value: "127.0.0.1"),
                ]
                return try #require(components.string)
            }
            let database = Database(
                .init(url: try url(host: "localhost", certificate: certificate.path)),
                logger: quiet
            )
            let isEncrypted = try await database.read {
                try await $0.first("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") { try $0["ssl"] as Bool }
            }
            #expect(isEncrypted == true)
            let long = String(repeating: "x", count: 50_000)
            let many = try await database.read { try await $0.pipeline((0..<200).map { _ in "SELECT \(long) AS s" }) }
            #expect(try many.allSatisfy { try $0[0]["s"] == long })
            let session = try await database.session()
            var heard = try await session.notifications(on: "wake").makeAsyncIterator()
            try await database.transaction { _ = try await $0.rows("SELECT pg_notify('wake', 'up')") }
            #expect(await heard.next() == "up")
            await session.close()
            await database.close()

            for (host, trusted) in [
                ("another-name", certificate.path), ("localhost", "/etc/ssl/certs/ca-certificates.crt"),
            ] {
                let impostor = Database(.init(url: try url(host: host, certificate: trusted)), logger: quiet)
                let error = try await postgresError { try await impostor.backend() }
                #expect(error.message.contains("certificate"))
            }
        }
    }

    /// Has the server make itself a certificate for `localhost` and returns a copy of it.
    private func enableTLS(_ server: PrivateServer) async throws -> URL {
        let database = Database(.init(url: server.url), logger: quiet)
        let session = try await database.session()
        try await session.rows(
            """
            COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; umask 077; \
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout server.key -out server.crt \
            -addext subjectAltName=DNS:localhost 2>/dev/null'
            """
        )
        try await session.rows("ALTER SYSTEM SET ssl = on")
        try await session.rows("SELECT pg_reload_conf()")
        try await eventually { try await database.session().uses(ssl: true) }
        let row = try #require(try await session.rows("SELECT pg_read_file('server.crt') AS pem").first)
        let file = FileManager.default.temporaryDirectory.appending(path: "lintel-\(UUID().uuidString).crt")
        try Data((row["pem"] as String).utf8).write(to: file)
        await session.close()
        await database.close()
        return file
    }
}

private struct Found: Error { let value: Int? }

extension Session {
    fileprivate func uses(ssl expected: Bool) async throws -> Bool {
        let row = try await rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").first
        await close()
        return try row?["ssl"] == expected
    }
}

extension Database {
    /// Rolls back by throwing, so that no COMMIT is sent.
    fileprivate func transaction<Value: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Void,
        catching read: (Found) -> Value
    ) async throws -> Value? {
        do {
            try await transaction(body)
            return nil
        } catch let found as Found {
            return read(found)
        }
    }
}
