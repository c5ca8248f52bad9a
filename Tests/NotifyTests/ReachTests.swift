import Contracts
import Foundation
import Messaging
import Outbound
import Policies
import Postgres
import TestSupport
import Testing

@testable import Notify

@Suite("numbers and addresses that do not work")
struct ReachTests {
    @Test("after three failures in a row marketing stops with the reason, business goes on, and what arrives ends it")
    func whole() async throws {
        try await Stage.open { stage in
            for number in 1...2 { try await stage.fails("case-\(number)") }
            #expect(try await stage.spine.events(of: RecipientUnreachable.self).isEmpty)
            try await stage.fails("case-3", times: 2)
            let told = try await stage.spine.events(of: RecipientUnreachable.self)
            let mark = try #require(told.first)
            #expect(told.count == 1 && mark.uid == stage.uid && mark.channel == "sms" && mark.failures == 3)
            #expect(mark.reason == "undeliverable" && mark.why.rule == "notify.reach" && mark.why.version == 1)
            try await stage.step()
            #expect(try await stage.claimed(.marketing).isEmpty)
            let step = try #require(try await stage.message("nurture-greeting", .sms))
            #expect(step.state == .suppressed && step.reason == "does-not-work")
            #expect(step.decision?.inputs["limit"] == "3")
            #expect(try await stage.claimed(.marketing, .email).count == 1, "the address works")
            let business = try await stage.sendsBusiness("case-4")
            try await stage.app.takeReceipt(Receipt(messageID: business, attempt: 1, kind: .delivered, reply: ""))
            let back = try await stage.spine.events(of: RecipientReachable.self)
            #expect(back == [RecipientReachable(uid: stage.uid, channel: "sms", reason: "arrived")])
            #expect(try await stage.failing() == 0)
        }
    }

    @Test("one that arrives in between begins the count anew, and a receipt that comes twice counts once")
    func inARow() async throws {
        try await Stage.open { stage in
            for number in 1...2 { try await stage.fails("case-\(number)", times: 3) }
            let id = try await stage.sendsBusiness("case-3")
            try await stage.app.takeReceipt(Receipt(messageID: id, attempt: 1, kind: .delivered, reply: ""))
            for number in 4...5 { try await stage.fails("case-\(number)") }
            #expect(try await stage.spine.events(of: RecipientUnreachable.self).isEmpty)
            try await stage.fails("case-6")
            #expect(try await stage.spine.events(of: RecipientUnreachable.self).count == 1)
            #expect(try await stage.spine.events(of: RecipientReachable.self).isEmpty, "nobody was told that it failed")
        }
    }

    @Test("an enquiry that names the number ends it for everybody who has it; one by mail alone does not")
    func namedAgain() async throws {
        try await Stage.open { stage in
            let wife = try await stage.knows("李四", phone: "+8613812345678")
            for number in 1...3 { try await stage.fails("case-\(number)") }
            #expect(
                Set(try await stage.spine.events(of: RecipientUnreachable.self).map(\.uid)) == [stage.uid, wife]
            )
            var byMail = stage.touched
            byMail.named = ["email"]
            try await stage.hears(byMail, about: stage.lead, uid: stage.uid)
            #expect(try await stage.failing() == 1)
            var byPhone = stage.touched
            byPhone.named = ["sms", "email"]
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(byPhone, about: stage.lead, uid: stage.uid, id: id) }
            let back = try await stage.spine.events(of: RecipientReachable.self)
            #expect(Set(back.map(\.uid)) == [stage.uid, wife] && back.count == 2)
            #expect(back.allSatisfy { $0.reason == "named-again" })
            // A new lead says it by its card.
            for number in 4...6 { try await stage.fails("case-\(number)") }
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.failing() == 0)
            #expect(try await stage.claimed(.answer).map(\.template) == ["lead-acknowledged"])
        }
    }

    @Test("with another number the person is reached again, and by the dead one they are not")
    func otherNumber() async throws {
        try await Stage.open { stage in
            for number in 1...3 { try await stage.fails("case-\(number)") }
            try await stage.tells(phone: "+8613700000007")
            try await stage.step()
            #expect(try await stage.claimed(.marketing).count == 1)
            try await stage.tells(phone: "+8613812345678", sequence: 6)
            try await stage.tells(phone: "+8613700000007", sequence: 4)
            let marked = try await stage.spine.events(of: RecipientUnreachable.self)
            #expect(marked.count == 2 && marked[0] == marked[1])
            #expect(try await stage.spine.events(of: RecipientReachable.self).map(\.reason) == ["other-address"])
        }
    }

    @Test("how many it takes is a policy, and what is decided names its version")
    func policy() async throws {
        try await Stage.open { stage in
            try await stage.spine.perform(.staff(stage.manager)) { work in
                let wish = PolicyWish(version: 1, values: ["failures": 1])
                try await stage.app.changePolicy(ReachPolicy.name, wish, work)
            }
            try await stage.fails("case-1")
            let mark = try #require(try await stage.spine.events(of: RecipientUnreachable.self).first)
            #expect(mark.why.version == 2 && mark.why.inputs["limit"] == "1" && mark.failures == 1)
        }
    }

    @Test("a number that the real gateway refuses, and a mailbox that the real server does not know, are found out")
    func forReal() async throws {
        try await Stage.open { stage in
            var card = Stage.customer
            (card.phones, card.emails) = (["+8619900000000"], ["unknown1@example.com"])
            let consent = Consent(sms: true, email: true, call: true)
            try await stage.hears(
                PersonIdentified(uid: stage.uid, person: card, consent: consent, isNew: false),
                about: stage.uid,
                uid: stage.uid,
                sequence: 2
            )
            for number in 1...3 {
                try await stage.hears(stage.signed, about: "contract-\(number)", uid: stage.uid)
                try await stage.sends(.sms, with: Carriers.sms())
                try await stage.sends(.email, with: Carriers.mail())
            }
            let told = try await stage.spine.events(of: RecipientUnreachable.self)
            #expect(Set(told.map(\.channel)) == ["sms", "email"] && told.allSatisfy { $0.reason == "refused" })
        }
    }

    @Test("nothing is left of a dead number after erasure, unless somebody else has it")
    func erased() async throws {
        try await Stage.open { stage in
            let wife = try await stage.knows("李四", phone: "+8613812345678")
            for number in 1...3 { try await stage.fails("case-\(number)") }
            for uid in [stage.uid, wife] {
                #expect(try await stage.failing() == 1)
                let event = PersonErased(uid: uid, uids: [uid], leadIDs: [], reason: "request")
                try await stage.hears(event, about: uid, uid: uid, sequence: 9)
            }
            #expect(try await stage.failing() == 0)
            #expect(try await stage.spine.places(of: "13812345678") == [])
        }
    }

    @Test(
        "what an operator says of the number counts, what is over one day or about the text does not",
        arguments: [
            (Receipt.Kind.delivered, "", ReachProof?.some(.works)),
            (.undelivered, "id:1 stat:UNDELIV err:001", .fails("undeliverable")),
            (.refused, "NACK/12/Unknown subscriber", .fails("undeliverable")),
            (.undelivered, "stat:EXPIRED err:000", nil),
            (.undelivered, "Absent Subscriber", nil), (.refused, "NACK/88/Throttling error", nil),
            (.refused, "spam content", nil), (.buffered, "", nil), (.taken, "ACK/", nil),
        ]
    )
    func receipts(kind: Receipt.Kind, reply: String, proof: ReachProof?) {
        let receipt = Receipt(messageID: .new(), attempt: 1, kind: kind, reply: reply)
        #expect(ReachProof(.receipt(receipt), on: .sms) == proof)
    }

    @Test(
        "so does what a mail server says of the mailbox",
        arguments: [
            (550, "5.1.1 no such user", ReachProof?.some(.fails("refused"))),
            (550, "No such user here", .fails("refused")),
            (553, "mailbox name not allowed", .fails("refused")), (550, "5.7.1 refused by policy", nil),
            (552, "mailbox full", nil), (550, "5.2.2 over quota", nil), (554, "looks like spam", nil),
        ]
    )
    func mailboxes(code: Int, text: String, proof: ReachProof?) {
        let report = AttemptReport.ended(.new(), attempt: 1, .refusedForGood(Reply(code: code, text: text)))
        #expect(ReachProof(report, on: .email) == proof)
        #expect(ReachProof(.ended(.new(), attempt: 1, .accepted(Reply(code: 250, text: ""))), on: .email) == .works)
    }
}

extension Stage {
    fileprivate var touched: LeadTouched {
        var event = LeadTouched.example
        (event.leadID, event.uid, event.ownerID, event.standInID) = (lead, uid, agent, nil)
        return event
    }

    /// A text about a case is on its way to the customer.
    fileprivate func sendsBusiness(_ number: String) async throws -> MessageID {
        var replied = CaseReplied.example
        (replied.uid, replied.number) = (uid, number)
        try await hears(replied, about: number, uid: uid)
        let claimed = try await claimed(.answer)
        return try #require(claimed.last { $0.template == "case-replied" }).id
    }

    /// It fails for good, as the operator reports so many times.
    fileprivate func fails(_ number: String, times: Int = 1) async throws {
        let id = try await sendsBusiness(number)
        let receipt = Receipt(messageID: id, attempt: 1, kind: .undelivered, reply: "stat:UNDELIV err:001")
        for _ in 0..<times { try await app.takeReceipt(receipt) }
    }

    /// A step of a sequence is due.
    fileprivate func step() async throws {
        var due = NurtureDue.example
        (due.uid, due.template) = (uid, "nurture-greeting")
        try await hears(due, about: uid, uid: uid)
    }

    fileprivate func claimed(_ rank: Sending.Lane.Rank, _ channel: Channel = .sms) async throws -> [Message] {
        try await app.claimDue(.init(channel: channel, rank: rank), limit: 50, lease: 600).ready.map(\.message)
    }

    /// How many places there are to which something has failed.
    fileprivate func failing() async throws -> Int {
        try await spine.read { tx in
            try await tx.first("SELECT count(*) AS count FROM failing_addresses") { try $0["count"] } ?? 0
        }
    }
}
