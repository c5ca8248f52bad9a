import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Notify

@Suite("messages to very many")
struct LargeAudienceTests {
    private static let people = 6_000
    private static let piece = 500

    @Test(
        "6,000 people are written to once by each means, though every piece comes twice and a process is lost half way"
    )
    func once() async throws {
        struct Killed: Error {}
        try await Stage.open { stage in
            let people = (0..<Self.people).map { _ in UID.new() }
            let audience = UUID.v7()
            for start in stride(from: 0, to: people.count, by: Self.piece) {
                var piece = AudienceReady.example
                piece.audienceID = audience.wire
                piece.piece = start / Self.piece + 1
                piece.people = Array(people[start..<min(start + Self.piece, people.count)])
                let event = piece
                if start == people.count / 2 {
                    // The process dies when the messages are written and not committed.
                    await #expect(throws: Killed.self) {
                        try await stage.spine.perform(Cause(actor: "test")) { work in
                            let notices = NotificationRules.audienceReady.notices(event)
                            try await stage.writes(notices, because: event, work)
                            throw Killed()
                        }
                    }
                    #expect(try await stage.written(to: audience).messages == 2 * start, "nothing is left of it")
                }
                let id = UUID.v7()
                for _ in 0..<2 { try await stage.hears(event, about: audience, id: id) }
                // And told once more, under another id.
                if start % 3_000 == 0 { try await stage.hears(event, about: audience) }
            }
            #expect(try await stage.spine.unsettled() == (0, 0))
            let written = try await stage.written(to: audience)
            #expect(written.messages == 2 * Self.people)
            #expect(written.people == Self.people)
            #expect(written.queued == 2 * Self.people, "each is told of once")
        }
    }
}

extension Stage {
    /// What the service does when it hears an event, up to the commit.
    fileprivate func writes(_ notices: [Notice], because event: AudienceReady, _ work: Work) async throws {
        let store = RecipientStore(work.tx)
        try await store.remember(event.people.map { ($0, PersonCard(), Consent?.none) })
        let envelope = Envelope(
            id: UUID.v7().wire,
            source: "/lintel/leads",
            type: AudienceReady.name,
            subject: event.audienceID,
            time: work.now
        )
        try await app.writeMessages(
            notices.map { CausedNotice(notice: $0, envelope: envelope, why: event.why) },
            in: work
        )
    }

    /// Messages of an audience, the people whom they are for, and what was told of them.
    fileprivate func written(to audience: UUID) async throws -> (messages: Int, people: Int, queued: Int) {
        try await spine.read { tx in
            let found = try await tx.first(
                """
                SELECT count(*) AS messages, count(DISTINCT uid) AS people,
                       (SELECT count(*) FROM journal WHERE name = \(MessageQueued.name.text)) AS queued
                  FROM messages WHERE audience_id = \(audience)
                """
            ) { (try $0["messages"] as Int, try $0["people"] as Int, try $0["queued"] as Int) }
            return try #require(found)
        }
    }
}
