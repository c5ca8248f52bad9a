import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("nurture and messages to many, at their hours and not too often")
struct MarketingTests {
    @Test("a step that falls into the quiet hours waits, tells until when, and is sent once when they end")
    func held() async throws {
        try await Stage.open(marketing: .quietNow) { stage in
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid, id: id) }
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.claims().map(\.template) == ["lead-acknowledged"], "an answer knows no quiet hours")
            let waiting = try #require(try await stage.message("nurture-greeting", .sms))
            #expect(waiting.state == .queued && waiting.reason == "quiet-hours" && waiting.attempt == 0)
            let rows = try await stage.app.showMessages.list(.init(), Slice(limit: 9), for: stage.principal(.admin))
            let row = try #require(rows.first { $0.message.id == waiting.id })
            let viewer = try Pages(service: "notify", folder: NotifyFiles.pages).viewer(.english)
            let words = try #require(MessageWords.trouble(row, viewer))
            #expect(words.hasPrefix("Quiet hours: it waits until ") && words.contains(":00"))

            try await stage.spine.advanceClock(bySeconds: 7_200)
            #expect(try await stage.claims().map(\.id) == [waiting.id])
            #expect(try await stage.claims().isEmpty)
        }
    }

    @Test("consent is asked anew when the quiet hours end")
    func consentAnew() async throws {
        try await Stage.open(marketing: .quietNow) { stage in
            try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid)
            try await stage.app.takeText(from: "13812345678", text: "TD")
            try await stage.spine.advanceClock(bySeconds: 7_200)
            #expect(try await stage.claims().isEmpty)
            #expect(try await stage.message("nurture-greeting", .sms)?.reason == "opted-out")
        }
    }

    @Test("what was due before the quiet hours and is claimed in them is laid aside until they end")
    func late() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid)
            try await stage.orders(.quietNow)
            #expect(try await stage.claims().isEmpty)
            let message = try #require(try await stage.message("nurture-greeting", .sms))
            #expect(message.state == .queued && message.reason == "quiet-hours")
            #expect(try await stage.claims().isEmpty, "it is not due before")
        }
    }

    @Test(
        "the second of a day is not sent and says why; its mail goes the same way, a text to staff or an answer does not"
    )
    func capped() async throws {
        try await Stage.open { stage in
            try await stage.spine.passMidnight()
            try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid)
            #expect(try await stage.claims().count == 1)
            #expect(try await stage.claims(.email).count == 1, "the same step by another means is the same")
            for _ in 0..<2 { try await stage.hears(stage.piece, about: "audience") }
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.claims().map(\.template) == ["lead-acknowledged"])
            #expect(try await stage.claims(.email).isEmpty)
            let second = try await stage.messages().filter { $0.template == "nurture-area-paper" }
            #expect(second.count == 2)
            #expect(second.allSatisfy { $0.state == .suppressed && $0.reason == "cap-day" && $0.detail == "1/1" })
            let told = try await stage.spine.events(of: MessageSuppressed.self)
            #expect(told.map(\.reason) == ["cap-day", "cap-day"])
            // Another day, or another week.
            try await stage.spine.advanceClock(bySeconds: 7 * 86_400)
            try await stage.hears(stage.step(2), about: stage.uid, uid: stage.uid)
            #expect(try await stage.claims().count == 1)
        }
    }

    @Test("two that are due at once: the first is sent, also where they were told of two UIDs that are one person")
    func together() async throws {
        try await Stage.open { stage in
            try await stage.spine.passMidnight()
            let other = UID.new()
            try await stage.hears(
                PersonIdentified(uid: other, person: Stage.customer, consent: Consent(sms: true), isNew: true),
                about: other,
                uid: other
            )
            let merged = PersonMerged(
                mergeID: .new(),
                uid: stage.uid,
                mergedUID: other,
                uids: [other],
                standing: nil,
                hiddenLeadIDs: [],
                why: Why(rule: "identity.by-hand", version: 1)
            )
            try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid)
            var theirs = stage.step(1)
            theirs.uid = other
            try await stage.hears(theirs, about: other, uid: other)
            try await stage.hears(merged, about: stage.uid, uid: stage.uid)
            #expect(try await stage.claims().count == 1)
            #expect(try await stage.messages().filter { $0.channel == .sms }.compactMap(\.reason) == ["cap-day"])
        }
    }

    @Test("claims of two lanes at the same time send one")
    func race() async throws {
        try await Stage.open { stage in
            try await stage.spine.passMidnight()
            try await stage.hears(stage.step(1), about: stage.uid, uid: stage.uid)
            try await stage.hears(stage.piece, about: "audience")
            let claimed = try await withThrowingTaskGroup(of: [Message].self) { group in
                for channel in [Channel.sms, .email] { group.addTask { try await stage.claims(channel) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(!claimed.isEmpty && Set(claimed.map(\.sending)).count == 1)
        }
    }
}

extension Stage {
    fileprivate func step(_ number: Int) -> NurtureDue {
        var due = NurtureDue.example
        (due.uid, due.step, due.template) = (uid, number, "nurture-greeting")
        return due
    }

    fileprivate var piece: AudienceReady {
        var piece = AudienceReady.example
        piece.people = [uid]
        return piece
    }

    /// What is sent to customers now.
    fileprivate func claims(_ channel: Channel = .sms) async throws -> [Message] {
        var claimed: [Message] = []
        for rank in [Sending.Lane.Rank.answer, .marketing] {
            let lane = Sending.Lane.Name(channel: channel, rank: rank)
            claimed += try await app.claimDue(lane, limit: 10, lease: 600).ready.map(\.message)
        }
        return claimed
    }
}
