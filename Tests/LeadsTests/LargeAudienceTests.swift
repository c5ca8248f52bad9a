import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Messages to very many")
struct LargeAudienceTests {
    private static let people = 20_000

    @Test("20,000 people of a segment are handed over once each, in pieces, though a process is lost half way")
    func once() async throws {
        struct Killed: Error {}
        try await Office.open { office in
            try await office.settles(Self.people, willing: true)
            try await office.settles(1_000, willing: false)
            let id = try await office.writesToTheWilling()
            let start = Date()
            let timer = DueTimer(Audience.timerKind, key: id, dueAt: start, cause: Cause(actor: "test"))
            let pieces = Self.people / Audience.pieceAtMost
            for number in 0...pieces {
                if number == pieces / 2 {
                    // The process dies when the piece is told of and not committed.
                    await #expect(throws: Killed.self) {
                        try await office.spine.perform(Cause(actor: "test")) { work in
                            try await office.app.sendToSegment.fire(timer, work)
                            throw Killed()
                        }
                    }
                }
                try await office.ring(at: start.addingTimeInterval(Double(number) * 6))
            }
            // The timer rings once more, when all is done.
            try await office.spine.perform(Cause(actor: "test")) { try await office.app.sendToSegment.fire(timer, $0) }
            let told = try await office.spine.events(of: AudienceReady.self)
            #expect(told.map(\.piece) == Array(1...pieces))
            #expect(
                told.allSatisfy { $0.people.count == Audience.pieceAtMost },
                "no event is larger, however many they are"
            )
            #expect(Set(told.flatMap(\.people)).count == Self.people)
            #expect(Set(told.flatMap(\.people)) == Set(try await office.willing()))
            let done = try #require(try await office.spine.read { try await AudienceStore($0).find(id) })
            #expect((done.state, done.people, done.pieces) == (.sent, Self.people, pieces))
        }
    }
}

extension Office {
    /// So many people whom nobody has spoken with, who allow text messages or nothing.
    fileprivate func settles(_ count: Int, willing: Bool) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            _ = try await work.tx.execute(
                """
                INSERT INTO persons (uid, name, consent_sms, created_at, updated_at)
                SELECT gen_random_uuid(), 'P' || n, \(willing), \(work.now), \(work.now)
                  FROM generate_series(1, \(count)::integer) AS n
                """
            )
        }
    }

    fileprivate func willing() async throws -> [UID] {
        try await spine.read { tx in try await tx.all("SELECT uid FROM persons WHERE consent_sms") { try $0["uid"] } }
    }

    /// Orders a message to everybody who allows text messages.
    fileprivate func writesToTheWilling() async throws -> AudienceID {
        let (id, segment) = (AudienceID.new(), SegmentID.new())
        try await spine.perform(.staff(.new())) { work in
            let wish = SegmentWish(name: "Willing", tests: [SegmentTest(.smsAllowed)])
            _ = try await app.saveSegment(segment, wish, work)
            try await app.sendToSegment(id, segment, template: "nurture-festival", work)
        }
        return id
    }
}
