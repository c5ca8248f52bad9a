import Contracts
import Foundation
import Outbound
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("sending rules")
struct RuleTests {
    private func customer(
        _ consent: Consent,
        phone: String? = "+8613812345678",
        optedOut: ConsentScope = []
    ) -> Customer {
        Customer(
            uid: .new(),
            name: "张三",
            phone: phone,
            email: "a@example.com",
            language: .chinese,
            consent: consent,
            optedOut: optedOut
        )
    }

    @Test("a courtesy needs a yes, a service message only no no, and nobody is written to against a STOP")
    func consent() {
        let yes = customer(Consent(sms: true))
        let no = customer(Consent(sms: false))
        let silent = customer(Consent())
        let stopped = customer(Consent(sms: true), optedOut: ConsentScope(by: .sms))
        #expect(SendingPolicy.verdict(.sms, .courtesy, for: .marketing, to: yes) == .send(to: "+8613812345678"))
        #expect(SendingPolicy.verdict(.sms, .courtesy, for: .marketing, to: silent) == .suppress("no-consent"))
        #expect(SendingPolicy.verdict(.sms, .service, for: .service, to: silent) == .send(to: "+8613812345678"))
        #expect(SendingPolicy.verdict(.sms, .service, for: .service, to: no) == .suppress("consent-refused"))
        #expect(SendingPolicy.verdict(.sms, .service, for: .service, to: stopped) == .suppress("opted-out"))
        #expect(SendingPolicy.verdict(.email, .service, for: .service, to: stopped) == .send(to: "a@example.com"))
        #expect(
            SendingPolicy.verdict(.sms, .service, for: .service, to: customer(Consent(), phone: nil))
                == .suppress("no-address")
        )
        #expect(SendingPolicy.verdict(.sms, .service, for: .service, to: nil) == .suppress("recipient-unknown"))
    }

    @Test("only the owner of a lead is told of it; a lead in the pool is nobody's news")
    func pool() {
        var lead = LeadAssigned.example
        lead.ownerID = nil
        #expect(NotificationRules.leadAssigned.notices(lead).isEmpty)
    }

    @Test("a refusal for now is tried five more times, growing slower, and then given up")
    func retries() {
        let busy = Outcome.refusedForNow(Reply(code: 452, text: "452 4.2.2 <li.na@example.com> mailbox full"))
        let waits = (1...6).map { Settling(busy, attempt: $0, age: 0) }
        #expect(waits.map(\.retryAfter) == [5, 30, 120, 600, 3_600, nil])
        #expect(waits.map(\.state) == Array(repeating: .queued, count: 5) + [.failed])
        #expect(waits[5].reason == "gave-up")
        #expect(waits[5].detail?.contains("@") == false, "addresses stay out of events and logs")
    }

    @Test("what was never handed over is tried for a day; what may have been taken is never repeated by itself")
    func troubles() {
        let away = Outcome.notSent(Trouble(.unreachable, "Couldn't connect"))
        #expect(Settling(away, attempt: 40, age: 3_600).retryAfter == 600)
        #expect(Settling(away, attempt: 40, age: 90_000).state == .failed)
        #expect(Settling(.unknown(Trouble(.timedOut, "")), attempt: 1, age: 0).state == .unknown)
        #expect(Settling(.refusedForGood(Reply(code: 550, text: "")), attempt: 1, age: 0).state == .failed)
    }

    @Test("receipts come to the same state in every order", arguments: 0..<200)
    func receiptOrder(seed: Int) {
        var random = Dice(UInt64(seed))
        let kinds = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in
            Receipt.Kind.allCases.randomElement(using: &random)
        }
        let states = (0..<10).map { _ -> MessageState in
            kinds.shuffled(using: &random).reduce(MessageState.sending) { state, kind in
                Receipt(messageID: .new(), attempt: 1, kind: kind, reply: "").next(after: state, attempt: 1) ?? state
            }
        }
        #expect(Set(states).count == 1, "\(kinds)")
        #expect(kinds.contains(.delivered) ? states[0] == .delivered : true)
    }

    @Test("an old attempt's failure does not undo a new attempt, but an old attempt's success counts")
    func oldReceipts() {
        let failed = Receipt(messageID: .new(), attempt: 1, kind: .undelivered, reply: "")
        #expect(failed.next(after: .sending, attempt: 2) == nil)
        let delivered = Receipt(messageID: .new(), attempt: 1, kind: .delivered, reply: "")
        #expect(delivered.next(after: .queued, attempt: 1) == .delivered)
        #expect(failed.next(after: .delivered, attempt: 1) == nil)
    }

    @Test(
        "only a text that is nothing but the word stops our messages",
        arguments: [
            ("STOP", true), (" stop. ", true), ("退订", true), ("td", true), ("请不要退订我的房子", false),
            ("stop by at 5", false),
            ("", false),
        ]
    )
    func stopWords(text: String, isStop: Bool) {
        #expect(IncomingText(from: "13812345678", text: text).isStop == isStop)
    }

    @Test("an operator's way of writing a number is understood")
    func numbers() {
        #expect(IncomingText.normalised("+86 138 1234 5678") == "+8613812345678")
        #expect(IncomingText.normalised("008613812345678") == "+8613812345678")
        #expect(IncomingText.normalised("13812345678") == "+8613812345678")
    }

    @Test("a receipt's key fits its own message and attempt and nothing else")
    func keys() {
        let keys = ReceiptKeys(password: "a")
        let id = MessageID.new()
        let key = keys.key(for: id, attempt: 1)
        #expect(keys.isGenuine(key, for: id, attempt: 1))
        #expect(!keys.isGenuine(key, for: id, attempt: 2))
        #expect(!keys.isGenuine(key, for: .new(), attempt: 1))
        #expect(!keys.isGenuine("", for: id, attempt: 1))
        #expect(!ReceiptKeys(password: "b").isGenuine(key, for: id, attempt: 1))
    }

    @Test("plain English travels in seven bits, Chinese in UCS-2")
    func alphabet() {
        #expect(GSMAlphabet.holds("Call 22 Nov 11:04!"))
        #expect(!GSMAlphabet.holds("【Lintel】您好"))
    }
}
