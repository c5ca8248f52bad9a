import Contracts
import Foundation
import HTTPTypes
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("what customers write back")
struct AnswerTests {
    private static let number = "+8613812345678"

    @Test("an answer is told once with its words and what it answers, however often the gateway hands it over")
    func told() async throws {
        try await Stage.open { stage in
            let thanks = try await stage.thanked()
            for _ in 0..<2 {
                try await stage.app.takeText(from: "13812345678", text: " 周六下午可以\u{0} ", id: "k-1", sentAt: "x")
            }
            let told = try await stage.spine.events(of: MessageAnswered.self)
            let answer = try #require(told.first)
            #expect(told.count == 1 && answer.uid == stage.uid && answer.text == "周六下午可以")
            #expect(answer.messageID == thanks && answer.template == "lead-acknowledged")
            #expect(answer.leadID == stage.lead && answer.caseID == nil && answer.isShared == nil)
            #expect(answer.why.rule == "notify.answer.last-message" && answer.why.inputs["days"] == "30")
            #expect(try await stage.texts().map(\.deliveries) == [2])
            // The same words again are another text, if the gateway says so.
            try await stage.app.takeText(from: Self.number, text: "周六下午可以", id: "k-2")
            #expect(try await stage.spine.events(of: MessageAnswered.self).count == 2)
            #expect(try await stage.messages().allSatisfy { $0.template == "lead-acknowledged" }, "the others tell")
        }
    }

    @Test("without an id the time tells texts apart, and without either the same words are one for ten minutes")
    func withoutID() async throws {
        try await Stage.open { stage in
            for time in ["2026-11-23 08:00:00", "2026-11-23 08:00:00", "2026-11-23 08:00:07"] {
                try await stage.app.takeText(from: Self.number, text: "好的", sentAt: time)
            }
            #expect(try await stage.texts().map(\.deliveries).sorted() == [1, 2])
            for _ in 0..<2 { try await stage.app.takeText(from: Self.number, text: "谢谢") }
            #expect(try await stage.texts().count == 3)
            try await stage.spine.advanceClock(bySeconds: 601)
            try await stage.app.takeText(from: Self.number, text: "谢谢")
            #expect(try await stage.texts().count == 4)
            #expect(try await stage.spine.events(of: MessageAnswered.self).count == 4)
        }
    }

    @Test("two answers at once are two, and one that is handed over five times at once is one")
    func atOnce() async throws {
        try await Stage.open { stage in
            try await stage.thanked()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<10 {
                    group.addTask {
                        try await stage.app.takeText(from: Self.number, text: "第\(index % 2)条", id: "k-\(index % 2)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await stage.spine.events(of: MessageAnswered.self).map(\.text).sorted() == ["第0条", "第1条"])
            #expect(try await stage.texts().map(\.deliveries) == [5, 5])
        }
    }

    @Test("of several who share a number the one written to last has answered; if that is long ago each is told of")
    func shared() async throws {
        try await Stage.open { stage in
            let wife = try await stage.knows("李四", phone: Self.number)
            try await stage.thanked()
            try await stage.spine.advanceClock(bySeconds: 60)
            try await stage.thanked(wife)
            try await stage.app.takeText(from: Self.number, text: "一", id: "1")
            let first = try #require(try await stage.spine.events(of: MessageAnswered.self).first)
            #expect(first.uid == wife && first.isShared == true)
            try await stage.spine.advanceClock(bySeconds: 31 * 86_400)
            try await stage.app.takeText(from: Self.number, text: "二", id: "2")
            let both = try await stage.spine.events(of: MessageAnswered.self).dropFirst()
            #expect(Set(both.map(\.uid)) == [stage.uid, wife] && Set(both.map(\.answerID)).count == 1)
            #expect(both.allSatisfy { $0.isShared == true && $0.messageID == nil })
            #expect(both.allSatisfy { $0.why.rule == "notify.answer.shared" })
        }
    }

    @Test("whose number changed since is still known by the message that went to the old one")
    func oldNumber() async throws {
        try await Stage.open { stage in
            try await stage.thanked()
            try await stage.tells(phone: "+8613700000007")
            try await stage.app.takeText(from: Self.number, text: "好", id: "1")
            #expect(try await stage.spine.events(of: MessageAnswered.self).map(\.uid) == [stage.uid])
            #expect(try await stage.app.takeText(from: Self.number, text: "TD", id: "2") == 1, "so is a STOP")
        }
    }

    @Test("an answer to a message about a case names the case")
    func aboutCase() async throws {
        try await Stage.open { stage in
            try await stage.thanked()
            var replied = CaseReplied.example
            replied.uid = stage.uid
            try await stage.spine.advanceClock(bySeconds: 60)
            try await stage.hears(replied, about: replied.caseID, uid: stage.uid)
            try await stage.takesUp()
            try await stage.app.takeText(from: Self.number, text: "还在漏水", id: "1")
            let answer = try #require(try await stage.spine.events(of: MessageAnswered.self).first)
            #expect(answer.caseID == replied.caseID && answer.leadID == nil && answer.template == "case-replied")
        }
    }

    @Test("a text of somebody unknown is kept and those are told who can find out, once a day; a colleague's is kept")
    func strangers() async throws {
        try await Stage.open { stage in
            for id in ["1", "2"] { try await stage.app.takeText(from: "13700000009", text: "房子还有吗", id: id) }
            try await stage.app.takeText(from: "13800000001", text: "收到", id: "3")
            try await stage.app.takeText(from: "13700000009", text: "  ", id: "4")
            #expect(try await stage.texts().map(\.kind) == ["stranger", "stranger", "colleague", "empty"])
            #expect(try await stage.spine.events(of: MessageAnswered.self).isEmpty)
            let notices = try await stage.messages()
            #expect(notices.map(\.template) == ["text-from-stranger"] && notices.first?.staffID == stage.manager)
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            for language in Language.allCases {
                var manager = stage.principal(.manager)
                manager.language = language
                let page = try await client.get("/notify/texts", as: manager)
                #expect(page.status == 200 && page.missingWords == [])
                #expect(page.text.components(separatedBy: "房子还有吗").count == 3)
            }
            #expect(try await client.get("/notify/texts", as: stage.principal()).status == 403)
        }
    }

    @Test("STOP is told as an opting out and not as an answer; where nothing tells two apart the second holds too")
    func stop() async throws {
        try await Stage.open { stage in
            try await stage.thanked()
            #expect(try await stage.app.takeText(from: Self.number, text: "TD", id: "1") == 1)
            #expect(try await stage.app.takeText(from: Self.number, text: "退订") == 0)
            try await stage.hears(
                ConsentChanged(uid: stage.uid, consent: Consent(sms: true), source: "staff"),
                about: stage.uid,
                uid: stage.uid,
                sequence: 7,
                at: Date().addingTimeInterval(60)
            )
            #expect(try await stage.app.takeText(from: Self.number, text: "TD", id: "1") == 0, "that was before")
            #expect(try await stage.app.takeText(from: Self.number, text: "退订") == 1)
            #expect(try await stage.spine.events(of: MessageAnswered.self).isEmpty)
            #expect(try await stage.texts().allSatisfy { $0.kind == "stop" })
        }
    }

    @Test("after erasure nothing is left of an answer, nor with staff; what comes then is a stranger's")
    func erased() async throws {
        try await Stage.open { stage in
            try await stage.thanked()
            try await stage.app.takeText(from: Self.number, text: "我是慕容复", sentAt: "t")
            var heard = LeadAnswered.example
            (heard.leadID, heard.uid, heard.message) = (stage.lead, stage.uid, "我是慕容复")
            (heard.ownerID, heard.standInID) = (stage.agent, stage.manager)
            try await stage.hears(heard, about: stage.lead, uid: stage.uid)
            var asked = CaseAnswered.example
            (asked.uid, asked.recipients, asked.text) = (stage.uid, [stage.agent], "我是慕容复")
            try await stage.hears(asked, about: asked.caseID, uid: stage.uid)
            #expect(try await stage.spine.places(of: "慕容复").isEmpty == false)
            let event = PersonErased(uid: stage.uid, uids: [stage.uid], leadIDs: [stage.lead], reason: "request")
            for _ in 0..<2 { try await stage.hears(event, about: stage.uid, uid: stage.uid, sequence: 9) }
            for word in ["慕容复", "13812345678", "张三"] {
                let places = try await stage.spine.places(of: word)
                #expect(places == [], "\(word)")
            }
            try await stage.app.takeText(from: Self.number, text: "还在吗", id: "2")
            #expect(try await stage.spine.events(of: MessageAnswered.self).count == 1, "of nobody is anything told")
            #expect(try await stage.texts().map(\.kind) == ["answer", "stranger"])
        }
    }

    @Test("the gateway's call brings its id and time, and is heard once")
    func hook() async throws {
        try await Stage.open { stage in
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            let path =
                "/notify/hooks/sms/inbound?from=%2B8613812345678&to=10690000&text=%E5%A5%BD%E7%9A%84+1%2B1&smsc=x"
            for id in ["a", "a", "b"] {
                #expect(try await client.get(path + "&ts=2026-11-23+08%3A00%3A00&id=\(id)&coding=2").status == 200)
            }
            #expect(try await stage.spine.events(of: MessageAnswered.self).map(\.text) == ["好的 1+1", "好的 1+1"])
        }
    }

    @Test(
        "whose a text is follows from the number alone",
        arguments: [
            (0, false, "stranger", "notify.answer.stranger"), (0, true, "colleague", "notify.answer.colleague"),
            (1, true, "answer", "notify.answer.number"), (5, false, "answer", "notify.answer.shared"),
            (6, false, "stranger", "notify.answer.too-many"),
        ]
    )
    func rule(people: Int, isColleagues: Bool, kind: String, rule: String) {
        let ground = TextOrigin.Ground(people: (0..<people).map { _ in UID.new() }, isColleagues: isColleagues)
        let policy = Versioned(value: AnswerPolicy.standard, version: 4)
        let origin = TextOrigin(IncomingText(from: "13812345678", text: "好"), ground, policy)
        #expect(origin.kind.rawValue == kind && origin.why.rule == rule && origin.why.version == 4)
        #expect(origin.uids == (kind == "answer" ? ground.people : []))
    }
}

extension Stage {
    struct KeptText: Sendable {
        let kind: String
        let deliveries: Int
    }

    /// The texts that came in, in the order in which they did.
    func texts() async throws -> [KeptText] {
        try await spine.read { tx in
            try await tx.all(
                "SELECT kind, deliveries::bigint AS deliveries FROM incoming_texts ORDER BY received_at, key"
            ) { KeptText(kind: try $0["kind"], deliveries: try $0["deliveries"]) }
        }
    }

    /// Takes up what waits for customers by text.
    func takesUp() async throws {
        _ = try await app.claimDue(.init(channel: .sms, rank: .answer), limit: 50, lease: 600)
    }

    /// Somebody enquires, and the acknowledgement is on its way to them.
    @discardableResult
    func thanked(_ person: UID? = nil) async throws -> MessageID? {
        var event = received
        if let person { (event.uid, event.leadID) = (person, .new()) }
        try await hears(event, about: event.leadID, uid: event.uid)
        try await takesUp()
        return try await messages().last { $0.uid == event.uid }?.id
    }

    /// Somebody else is known.
    func knows(_ name: String, phone: String, email: String? = nil) async throws -> UID {
        let uid = UID.new()
        let card = PersonCard(name: name, phones: [phone], emails: [email].compactMap(\.self))
        let consent = Consent(sms: true, email: true)
        try await hears(
            PersonIdentified(uid: uid, person: card, consent: consent, isNew: true),
            about: uid,
            uid: uid
        )
        return uid
    }

    /// The customer has another number.
    func tells(phone: String, sequence: Int64 = 5) async throws {
        var card = Stage.customer
        card.phones = [phone]
        let consent = Consent(sms: true, email: true, call: true)
        try await hears(
            PersonIdentified(uid: uid, person: card, consent: consent, isNew: false),
            about: uid,
            uid: uid,
            sequence: sequence
        )
    }
}
