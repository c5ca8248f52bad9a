import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Outbound
import ServiceLifecycle
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("sending through the real gateway and mail server")
struct SendingTests {
    @Test("a text message is taken by the gateway and a mail by the server, and both remember it")
    func accepted() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            try await stage.sends(.sms, with: Carriers.sms())
            try await stage.sends(.email, with: Carriers.mail())
            let sms = try #require(try await stage.message("lead-assigned", .sms))
            let mail = try #require(try await stage.message("lead-assigned", .email))
            #expect(sms.state == .accepted && sms.attempt == 1)
            #expect(mail.state == .accepted)
            #expect(try await stage.attempts(of: sms.id) == ["call accepted"])
            #expect(try await stage.spine.events(of: MessageAccepted.self).isEmpty, "of staff only the end is told")
            let stored = try #require(try MailBoxes.stored("<\(mail.id)@lintel.example>"))
            #expect(stored.contains("X-Envelope-To: agent@lintel.example"))
            #expect(stored.contains("text/html"))
        }
    }

    @Test("of a message to a customer every step is told")
    func told() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.sends(.sms, with: Carriers.sms())
            let id = try #require(try await stage.message("lead-acknowledged", .sms)?.id)
            #expect(try await stage.spine.events(of: MessageQueued.self).map(\.messageID) == [id])
            #expect(try await stage.spine.events(of: MessageAccepted.self).map(\.messageID) == [id])
        }
    }

    @Test("a message to staff does not wait behind those to customers")
    func staffFirst() async throws {
        try await Stage.open { stage in
            for index in 0..<20 {
                var event = stage.received
                event.leadID = .new()
                try await stage.hears(event, about: "lead-\(index)", uid: stage.uid)
            }
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            let work = try await stage.app.claimDue(.init(channel: .sms, rank: .work), limit: 4, lease: 30)
            #expect(work.ready.map(\.message.template) == ["lead-assigned"])
            let rest = try await stage.app.claimDue(.init(channel: .sms, rank: .answer), limit: 4, lease: 30)
            #expect(rest.ready.map(\.message.template) == Array(repeating: "lead-acknowledged", count: 4))
        }
    }

    @Test("a running loop sends what events cause, one after another")
    func runningLoop() async throws {
        try await Stage.open { stage in
            let sending = stage.sending(over: Sending.Lane.Rank.allCases.map { .sms($0, Carriers.sms()) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sending.run() }
                for index in 0..<5 {
                    var event = stage.received
                    event.leadID = .new()
                    try await stage.hears(event, about: "lead-\(index)", uid: stage.uid)
                    try await eventually("it is sent") {
                        try await stage.messages().allSatisfy { $0.state == .accepted || $0.state == .delivered }
                    }
                }
                group.cancelAll()
            }
            let sent = try await stage.messages()
            #expect(sent.count == 5)
            #expect(sent.allSatisfy { $0.state == .accepted || $0.state == .delivered })
        }
    }

    @Test(
        "the server's refusals become the message's state",
        arguments: [
            ("unknown1", MessageState.failed, "refused"), ("spam1", .failed, "refused"),
            ("full1", .queued, "refused-for-now"), ("dropdata1", .unknown, "connection-lost"),
        ]
    )
    func refusals(local: String, state: MessageState, reason: String) async throws {
        try await Stage.open { stage in
            try await stage.knows(email: "\(local)@example.com")
            try await stage.hears(stage.signed, about: "contract", uid: stage.uid)
            try await stage.sends(.email, with: Carriers.mail())
            let mail = try #require(try await stage.message("contract-signed-customer", .email))
            #expect(mail.state == state && mail.reason == reason && mail.attempt == 1)
            #expect(mail.detail?.contains("@") != true)
            #expect(try await stage.sends(.email, with: Carriers.mail()) == 0, "a retry waits, the rest is over")
        }
    }

    @Test("the gateway's own delivery report comes back over HTTP and the message is delivered")
    func deliveryReport() async throws {
        try await Stage.open { stage in
            try await listening(try RouteTests.server(stage, try TestSignIn()).responder) { port in
                try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
                try await stage.sends(.sms, with: Carriers.sms(callback: "http://127.0.0.1:\(port)/notify/hooks/sms"))
                let message = try #require(try await stage.waits(for: .delivered, of: "lead-acknowledged", .sms))
                #expect(message.state == .delivered)
                #expect(try await stage.attempts(of: message.id).contains("receipt delivered"))
            }
        }
    }

    @Test("a greylisted mail goes out when its time comes")
    func greylisted() async throws {
        try await Stage.open { stage in
            try await stage.knows(email: "grey\(UUID().uuidString.prefix(8).lowercased())@example.com")
            try await stage.hears(stage.signed, about: "contract", uid: stage.uid)
            try await stage.sends(.email, with: Carriers.mail())
            try await stage.spine.advanceClock(bySeconds: 6)
            try await stage.sends(.email, with: Carriers.mail())
            let mail = try #require(try await stage.message("contract-signed-customer", .email))
            #expect(mail.state == .accepted && mail.attempt == 2)
            #expect(try await stage.attempts(of: mail.id) == ["call refused-for-now", "call accepted"])
        }
    }

    @Test("a gateway that is away or does not take our password costs nothing but time")
    func away() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.sends(.sms, with: Carriers.sms(password: "wrong"))
            let refused = try #require(try await stage.message("lead-acknowledged", .sms))
            #expect(refused.state == .queued && refused.reason == "login-refused")
            try await stage.spine.advanceClock(bySeconds: 6)
            try await stage.sends(.sms, with: Carriers.sms())
            #expect(try await stage.message("lead-acknowledged", .sms)?.state == .accepted)
        }
    }

    @Test("whoever opts out while a message waits does not get it, and takes that back by agreeing anew")
    func optOut() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.app.takeText(from: "13812345678", text: "退订") == 1)
            #expect(try await stage.app.takeText(from: "+8613812345678", text: "STOP") == 0, "once is enough")
            #expect(try await stage.sends(.sms, with: Carriers.sms()) == 0)
            let message = try #require(try await stage.message("lead-acknowledged", .sms))
            #expect(message.state == .suppressed && message.reason == "opted-out")
            #expect(try await stage.spine.events(of: MessageSuppressed.self).first?.reason == "opted-out")
            #expect(try await stage.spine.events(of: RecipientOptedOut.self).map(\.uid) == [stage.uid])
            try await stage.hears(
                ConsentChanged(uid: stage.uid, consent: Consent(sms: true), source: "staff"),
                about: stage.uid,
                uid: stage.uid,
                sequence: 7,
                at: Date().addingTimeInterval(60)
            )
            try await stage.app.handleByHand.resend(message.id, by: stage.manager)
            #expect(try await stage.sends(.sms, with: Carriers.sms()) == 1)
        }
    }

    @Test("without consent nothing leaves, and the message says why")
    func noConsent() async throws {
        try await Stage.open(consent: Consent()) { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.sends(.sms, with: Carriers.sms()) == 0)
            #expect(try await stage.message("lead-acknowledged", .sms)?.reason == "no-consent")
        }
    }

    @Test("after a crash in the middle of sending the mail goes out again, the text message waits for people")
    func crash() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            for channel in [Channel.sms, .email] {
                _ = try await stage.app.claimDue(.init(channel: channel, rank: .work), limit: 10, lease: 0)
            }
            let recover = RecoverLost(spine: stage.spine, wakeUp: stage.app.wakeUp)
            #expect(try await recover() == 2)
            #expect(try await recover() == 0)
            let sms = try #require(try await stage.message("lead-assigned", .sms))
            let mail = try #require(try await stage.message("lead-assigned", .email))
            #expect(sms.state == .unknown && sms.reason == "interrupted")
            #expect(mail.state == .queued)
            #expect(try await stage.spine.events(of: MessageUnknown.self).count == 1)
            try await stage.sends(.email, with: Carriers.mail())
            #expect(try await stage.message("lead-assigned", .email)?.state == .accepted)
            try await stage.app.handleByHand.settle(sms.id, asSent: true, by: stage.manager)
            #expect(try await stage.message("lead-assigned", .sms)?.state == .accepted)
            #expect(try await stage.attempts(of: sms.id) == ["crash unknown", "hand accepted"])
            await #expect(throws: Rejection.self) {
                try await stage.app.handleByHand.resend(sms.id, by: stage.manager)
            }
        }
    }

    @Test("reports that come together are stored together: every step is told of, and a stranger harms nobody")
    func together() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            let batch = try await stage.app.claimDue(.init(channel: .sms, rank: .work), limit: 10, lease: 30)
            let id = try #require(batch.ready.first).message.id
            let record = RecordReports(spine: stage.spine, wakeUp: stage.app.wakeUp)
            let known = try await record([
                .ended(id, attempt: 1, .accepted(Reply(code: 202, text: ""))),
                .receipt(Receipt(messageID: .new(), attempt: 1, kind: .delivered, reply: "")),
                .receipt(Receipt(messageID: id, attempt: 1, kind: .delivered, reply: "")),
            ])
            #expect(known == [true, false, true])
            #expect(try await stage.message("lead-assigned", .sms)?.state == .delivered)
            #expect(try await stage.spine.events(of: MessageDelivered.self).map(\.messageID).contains(id))
            #expect(try await stage.attempts(of: id) == ["call accepted", "receipt delivered"])
        }
    }

    @Test("a receipt that overtakes our own record of the call stands, and a call that ends late after a crash counts")
    func overtaking() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            let batch = try await stage.app.claimDue(.init(channel: .sms, rank: .work), limit: 10, lease: 30)
            let ready = try #require(batch.ready.first)
            let id = ready.message.id
            try await stage.app.takeReceipt(Receipt(messageID: id, attempt: 1, kind: .delivered, reply: ""))
            #expect(try await stage.app.reports(.ended(id, attempt: 1, .accepted(Reply(code: 202, text: "")))))
            try await stage.app.takeReceipt(Receipt(messageID: id, attempt: 1, kind: .taken, reply: "ACK/"))
            #expect(try await stage.message("lead-assigned", .sms)?.state == .delivered)
            #expect(try await stage.spine.events(of: MessageAccepted.self).isEmpty)
            #expect(try await stage.spine.events(of: MessageDelivered.self).count == 2, "one is the notice's")
        }
    }
}

extension Stage {
    var signed: ContractSigned {
        var event = ContractSigned.example
        (event.uid, event.staffID) = (uid, agent)
        return event
    }

    /// Gives the customer another mail address.
    func knows(email: String) async throws {
        var card = Stage.customer
        card.emails = [email]
        try await hears(
            PersonIdentified(
                uid: uid,
                person: card,
                consent: Consent(sms: true, email: true, call: true),
                isNew: false
            ),
            about: uid,
            uid: uid,
            sequence: 2
        )
    }
}

enum MailBoxes {
    /// The mail in the Maildir that holds a text.
    static func stored(_ text: String) throws -> String? {
        let folder = URL(filePath: TestServers.required("LINTEL_TEST_MAILDIR")).appending(path: "new")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }
            .first { $0.contains(text) }
    }
}
