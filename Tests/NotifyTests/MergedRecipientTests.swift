import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("recipients whom Leads found to be one")
struct MergedRecipientTests {
    @Test("the history of both is one, also what comes late under the old UID, and each has its own again afterwards")
    func history() async throws {
        try await Stage.open { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009")
            try await stage.thanks(stage.uid)
            try await stage.thanks(other)
            let merged = stage.merging(other)
            try await stage.hearsTwice(merged)
            try await stage.thanks(other)
            for uid in [stage.uid, other] { #expect(try await stage.history(of: uid).count == 3) }
            #expect(try await stage.history(of: other).allSatisfy { $0.customer == stage.uid && $0.name == "张三" })

            try await stage.hearsTwice(stage.parting(merged))
            #expect(try await stage.history(of: stage.uid).count == 1)
            let theirs = try await stage.history(of: other)
            #expect(theirs.count == 2 && theirs.allSatisfy { $0.customer == other && $0.name == "李四" })
            // What is told once more of a merge that was taken back does not bring it back.
            try await stage.hears(merged, about: stage.uid, uid: stage.uid, sequence: 9)
            #expect(try await stage.history(of: stage.uid).count == 1)
            #expect(try await stage.spine.unsettled() == (0, 0))
        }
    }

    @Test("a merge that is heard before its people, and an earlier one that is heard after it, come to the same")
    func early() async throws {
        try await Stage.open { stage in
            let (middle, last) = (UID.new(), UID.new())
            var second = stage.merging(middle)
            second.uids = [middle, last]
            try await stage.hearsTwice(second)
            var first = stage.merging(last)
            first.uid = middle
            try await stage.hearsTwice(first)
            for uid in [middle, last] {
                try await stage.hears(
                    PersonIdentified(uid: uid, person: PersonCard(name: "晚到"), consent: Consent(), isNew: true),
                    about: uid,
                    uid: uid
                )
                try await stage.thanks(uid)
            }
            #expect(try await stage.history(of: stage.uid).count == 2)
            var back = stage.parting(second)
            back.uids = [middle, last]
            try await stage.hearsTwice(back)
            #expect(try await stage.history(of: stage.uid).isEmpty)
            #expect(try await stage.history(of: last).count == 2, "of the two, one is still the other")
            #expect(try await stage.history(of: last).allSatisfy { $0.customer == middle })
        }
    }

    @Test("STOP of either side holds for both while they are one, and afterwards for whoever sent it")
    func stop() async throws {
        try await Stage.open { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009")
            #expect(try await stage.app.takeText(from: "13900000009", text: "STOP") == 1)
            let merged = stage.merging(other)
            try await stage.hears(merged, about: stage.uid, uid: stage.uid)
            // Leads' own opinion of the whole person is no new yes.
            let whole = ConsentChanged(uid: stage.uid, consent: Consent(sms: true, email: true), source: "merge")
            try await stage.hears(whole, about: stage.uid, uid: stage.uid, sequence: 2, at: Date() + 60)
            #expect(try await stage.verdict(.sms, for: stage.uid) == .suppress("opted-out"))
            #expect(try await stage.verdict(.sms, for: other) == .suppress("opted-out"))
            #expect(try await stage.verdict(.email, for: other) == .send(to: "zhang.san@example.com"))

            try await stage.hears(stage.parting(merged), about: stage.uid, uid: stage.uid, sequence: 3)
            #expect(try await stage.verdict(.sms, for: stage.uid) == .send(to: "+8613812345678"))
            #expect(try await stage.verdict(.sms, for: other) == .suppress("opted-out"))
        }
    }

    @Test("a yes after the merge lifts what either side refused, and with the merge it goes")
    func anew() async throws {
        try await Stage.open { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009", Consent(sms: false))
            try await stage.app.takeText(from: "13900000009", text: "退订")
            let merged = stage.merging(other)
            try await stage.hears(merged, about: stage.uid, uid: stage.uid)
            #expect(try await stage.verdict(.sms, for: stage.uid) != .send(to: "+8613812345678"))
            let yes = ConsentChanged(uid: stage.uid, consent: Consent(sms: true, email: true), source: "staff")
            try await stage.hears(yes, about: stage.uid, uid: stage.uid, sequence: 2, at: Date() + 60)
            #expect(try await stage.verdict(.sms, for: other) == .send(to: "+8613812345678"))
            try await stage.hears(stage.parting(merged), about: stage.uid, uid: stage.uid, sequence: 3)
            #expect(try await stage.verdict(.sms, for: stage.uid) == .send(to: "+8613812345678"))
            #expect(try await stage.verdict(.sms, for: other) == .suppress("opted-out"))
        }
    }

    @Test("what the survivor refused holds although Leads tells a later yes of the other side")
    func survivorsNo() async throws {
        try await Stage.open(consent: Consent(sms: true, email: false)) { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009", Consent(sms: true, email: true))
            try await stage.hears(stage.merging(other), about: stage.uid, uid: stage.uid)
            let whole = PersonIdentified(
                uid: stage.uid,
                person: Stage.customer,
                consent: Consent(sms: true, email: true),
                isNew: false
            )
            try await stage.hears(whole, about: stage.uid, uid: stage.uid, sequence: 2)
            #expect(try await stage.verdict(.email, for: stage.uid) == .suppress("consent-refused"))
            #expect(try await stage.verdict(.sms, for: stage.uid) == .send(to: "+8613812345678"))
        }
    }

    @Test("an audience that names both reaches the person once by each channel, and the other message says why not")
    func audience() async throws {
        try await Stage.open { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009")
            var piece = AudienceReady.example
            piece.people = [stage.uid, other]
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(piece, about: piece.audienceID, id: id) }
            try await stage.hears(stage.merging(other), about: stage.uid, uid: stage.uid)
            let lane = Sending.Lane.Name(channel: .sms, rank: .marketing)
            let batch = try await stage.app.claimDue(lane, limit: 10, lease: 30)
            #expect(batch.ready.map(\.address) == ["+8613812345678"])
            let texts = try await stage.messages().filter { $0.channel == .sms }
            #expect(texts.count == 2)
            #expect(texts.compactMap(\.reason) == ["written-to-already"])
        }
    }

    @Test("the survivor's owner sees what was written to the merged one, also when they part")
    func owners() async throws {
        try await Stage.open { stage in
            let other = try await stage.meets("李四", phone: "+8613900000009")
            try await stage.thanks(other)
            var merged = stage.merging(other)
            merged.standing = StandingLead(leadID: stage.lead, ownerID: stage.agent, teamID: stage.team)
            try await stage.hearsTwice(merged)
            let show = stage.app.showMessages
            let filter = ShowMessages.Filter(uid: stage.uid)
            #expect(try await show.list(filter, Slice(limit: 9), for: stage.principal(.agent)).count == 1)
            try await stage.hearsTwice(stage.parting(merged))
            let theirs = ShowMessages.Filter(uid: other)
            #expect(try await show.list(theirs, Slice(limit: 9), for: stage.principal(.agent)).isEmpty)
        }
    }
}

extension Stage {
    /// Somebody else is known.
    fileprivate func meets(
        _ name: String,
        phone: String,
        _ consent: Consent = Consent(sms: true, email: true)
    ) async throws -> UID {
        let uid = UID.new()
        let card = PersonCard(name: name, phones: [phone])
        try await hears(
            PersonIdentified(uid: uid, person: card, consent: consent, isNew: true),
            about: uid,
            uid: uid
        )
        return uid
    }

    fileprivate func thanks(_ uid: UID) async throws {
        var event = received
        (event.leadID, event.uid) = (.new(), uid)
        try await hears(event, about: event.leadID, uid: uid)
    }

    fileprivate func merging(_ other: UID) -> PersonMerged {
        PersonMerged(
            mergeID: .new(),
            uid: uid,
            mergedUID: other,
            uids: [other],
            standing: nil,
            hiddenLeadIDs: [],
            why: Why(rule: "identity.by-hand", version: 1)
        )
    }

    fileprivate func parting(_ merged: PersonMerged) -> PersonUnmerged {
        PersonUnmerged(
            mergeID: merged.mergeID,
            uid: merged.uid,
            unmergedUID: merged.mergedUID,
            uids: [merged.mergedUID],
            standing: nil,
            unmergedStanding: nil
        )
    }

    /// Twice under one id, and once more under another.
    fileprivate func hearsTwice(_ event: some Contract) async throws {
        let id = UUID.v7()
        for _ in 0..<2 { try await hears(event, about: uid, uid: uid, id: id) }
        try await hears(event, about: uid, uid: uid)
    }

    fileprivate func history(of uid: UID) async throws -> [MessageRow] {
        try await app.showMessages.list(ShowMessages.Filter(uid: uid), Slice(limit: 50), for: principal(.admin))
    }

    fileprivate func verdict(_ channel: Channel, for uid: UID) async throws -> SendingPolicy.Verdict {
        let known = try await spine.read { try await RecipientStore($0).customers([uid]) }
        return SendingPolicy.verdict(channel, .courtesy, for: .marketing, to: known[uid])
    }
}
