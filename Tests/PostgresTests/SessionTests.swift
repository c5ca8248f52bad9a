import Foundation
import Postgres
import Testing

@Suite("Sessions", .timeLimit(patience))
struct SessionTests {
    @Test("a listener hears what is sent on its channel, also while the session is used for something else")
    func listen() async throws {
        try await withDatabase { database in
            let session = try await database.session()
            let stream = try await session.notifications(on: "odd \"channel")
            var heard = stream.makeAsyncIterator()
            for round in 0..<3 {
                async let next = heard.next(isolation: nil)
                #expect(await session.isAlive())
                try await database.transaction {
                    try await $0.execute("SELECT pg_notify('odd \"channel', \("wake \(round)"))")
                }
                #expect(await next == "wake \(round)")
                #expect(await session.isAlive())
            }
            await session.close()
            #expect(await heard.next() == nil)
        }
    }

    @Test("two channels on one session do not take each other's messages")
    func channels() async throws {
        try await withDatabase { database in
            let session = try await database.session()
            var one = try await session.notifications(on: "one").makeAsyncIterator()
            var two = try await session.notifications(on: "two").makeAsyncIterator()
            try await database.transaction {
                _ = try await $0.pipeline(["SELECT pg_notify('two', 'b')", "SELECT pg_notify('one', 'a')"])
            }
            #expect(await one.next() == "a")
            #expect(await two.next() == "b")
            await session.close()
        }
    }

    @Test("a listener's stream ends when its backend is terminated")
    func terminated() async throws {
        try await withDatabase { database in
            let session = try await database.session()
            let backend: Int = try #require(try await session.rows("SELECT pg_backend_pid() AS pid").first)["pid"]
            var heard = try await session.notifications(on: "wake").makeAsyncIterator()
            async let next = heard.next(isolation: nil)
            try await database.terminate(backend)
            #expect(await next == nil)
            #expect(await !session.isAlive())
            await session.close()
        }
    }

    @Test("a listener can be closed and cancelled while it waits, at once")
    func stopped() async throws {
        try await withDatabase { database in
            let session = try await database.session()
            // Whoever is cancelled in the middle of LISTEN takes the connection along, so both listen before they are.
            var streams: [AsyncStream<String>] = []
            for channel in ["a", "b"] { streams.append(try await session.notifications(on: channel)) }
            await withTaskGroup(of: Int.self) { group in
                for stream in streams { group.addTask { await stream.reduce(0) { count, _ in count + 1 } } }
                group.cancelAll()
                for await count in group { #expect(count == 0) }
            }
            let stream = try await session.notifications(on: "c")
            async let count = stream.reduce(0) { count, _ in count + 1 }
            #expect(await session.isAlive())
            await session.close()
            #expect(await count == 0)
        }
    }

    @Test("an advisory lock belongs to one session, and is free when that session has gone")
    func locks() async throws {
        try await withDatabase { database in
            let key = Int64.random(in: .min ... .max)
            let leader = try await database.session()
            let follower = try await database.session()
            #expect(try await leader.tryLock(key))
            #expect(try await !follower.tryLock(key))
            await leader.close()
            try await eventually { try await follower.tryLock(key) }
            await follower.close()
        }
    }

    @Test("a closed session answers with an error instead of hanging")
    func closed() async throws {
        try await withDatabase { database in
            let session = try await database.session()
            await session.close()
            _ = try await postgresError { try await session.rows("SELECT 1") }
            #expect(await !session.isAlive())
        }
    }
}
