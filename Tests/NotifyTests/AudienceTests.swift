import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("messages to many")
struct AudienceTests {
    private func piece(_ people: [UID], _ number: Int = 1) -> AudienceReady {
        var piece = AudienceReady.example
        (piece.people, piece.piece) = (people, number)
        return piece
    }

    @Test("everybody of a piece is written to once by each means, though it comes twice and again under another id")
    func once() async throws {
        try await Stage.open { stage in
            let others = (0..<40).map { _ in UID.new() }
            let ready = piece([stage.uid] + others)
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(ready, about: ready.audienceID, id: id) }
            try await stage.hears(ready, about: ready.audienceID, sequence: 2)
            #expect(try await stage.spine.unsettled() == (0, 0))
            let messages = try await stage.messages()
            #expect(messages.count == 82)
            #expect(Set(messages.map { "\($0.recipient) \($0.channel)" }).count == 82)
            #expect(messages.allSatisfy { $0.template == ready.template && $0.purpose == .courtesy })
            // Nobody has told of the others: they hold nobody up, and by the rules nothing goes to them.
            let known = try await stage.spine.read { try await RecipientStore($0).customers([others[0], stage.uid]) }
            #expect(
                SendingPolicy.verdict(.sms, .courtesy, for: .marketing, to: known[others[0]]) == .suppress("no-consent")
            )
            #expect(
                SendingPolicy.verdict(.sms, .courtesy, for: .marketing, to: known[stage.uid])
                    == .send(to: "+8613812345678")
            )
        }
    }

    @Test("what is told of a person after the piece that named them holds")
    func late() async throws {
        try await Stage.open { stage in
            let uid = UID.new()
            try await stage.hears(piece([uid]), about: "audience")
            let person = PersonIdentified(uid: uid, person: Stage.customer, consent: Consent(sms: true), isNew: true)
            try await stage.hears(person, about: uid, uid: uid, sequence: 1)
            let known = try await stage.spine.read { try await RecipientStore($0).customers([uid]) }
            #expect(
                SendingPolicy.verdict(.sms, .courtesy, for: .marketing, to: known[uid]) == .send(to: "+8613812345678")
            )
        }
    }

    @Test("the list shows those of an audience, with how many are in which state")
    func list() async throws {
        try await Stage.open { stage in
            let ready = piece([stage.uid])
            try await stage.hears(ready, about: ready.audienceID)
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            var filter = ShowMessages.Filter()
            filter.audience = UUID(uuidString: ready.audienceID)
            let show = stage.app.showMessages
            let marketer = stage.principal(.marketing)
            #expect(try await show.list(filter, Slice(limit: 50), for: marketer).count == 2)
            #expect(try await show.counts(of: filter.audience, for: marketer) == [.queued: 2])
            #expect(filter.query == "audience=\(ready.audienceID)&")
        }
    }
}
