import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Policies
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("the numbers that marketing is sent by")
struct MarketingPolicyTests {
    private func step(_ stage: Stage) async throws {
        var due = NurtureDue.example
        (due.uid, due.template) = (stage.uid, "nurture-greeting")
        try await stage.hears(due, about: stage.uid, uid: stage.uid)
    }

    private func claims(_ stage: Stage) async throws -> [Message] {
        let lane = Sending.Lane.Name(channel: .sms, rank: .marketing)
        return try await stage.app.claimDue(lane, limit: 10, lease: 600).ready.map(\.message)
    }

    @Test("what is held and what is dropped names the policy and its version, in the message, the event and the answer")
    func named() async throws {
        try await Stage.open(marketing: .quietNow) { stage in
            try await step(stage)
            let held = try #require(try await stage.message("nurture-greeting", .sms)?.decision)
            #expect(held.rule == "notify.marketing" && held.version == 2)
            #expect(held.inputs.keys.sorted() == ["quietFrom", "quietUntil"])
            try await stage.orders(.roundTheClock)
            #expect(try await claims(stage).count == 1)
            let sent = try #require(try await stage.message("nurture-greeting", .sms))
            #expect(sent.decision == nil && sent.reason == nil)

            try await step(stage)
            #expect(try await claims(stage).isEmpty)
            let dropped = try #require(try await stage.messages().first { $0.state == .suppressed })
            #expect(dropped.decision?.version == 3 && dropped.decision?.inputs == ["sent": "1/1", "perDay": "1"])
            let told = try await stage.spine.events(of: MessageSuppressed.self)
            #expect(told.map(\.why) == [dropped.decision])
            let detail = try await stage.app.showMessages.one(dropped.id, for: stage.principal(.admin))
            #expect(MessageDetailAnswer(detail).decision == dropped.decision)
            // Sent again by hand it is asked about once more, and names what decides then.
            try await stage.app.handleByHand.resend(dropped.id, by: stage.manager)
            #expect(try await stage.messages().first { $0.id == dropped.id }?.decision == nil)
        }
    }

    @Test("what waits for the end of the quiet hours is judged anew when they are changed, at once")
    func reconsidered() async throws {
        try await Stage.open(marketing: .quietNow) { stage in
            try await step(stage)
            #expect(try await claims(stage).isEmpty)
            var longer = MarketingPolicy.quietNow
            longer.quietUntil = (longer.quietUntil + 60) % 1_440
            try await stage.orders(longer)
            #expect(try await claims(stage).isEmpty)
            #expect(try await stage.message("nurture-greeting", .sms)?.decision?.version == 3)
            try await stage.orders(.roundTheClock)
            #expect(try await claims(stage).count == 1)
        }
    }

    @Test("caps are as the latest version says")
    func caps() async throws {
        try await Stage.open { stage in
            var three = MarketingPolicy.roundTheClock
            (three.perDay, three.perWeek) = (3, 3)
            try await stage.orders(three)
            for _ in 0..<4 { try await step(stage) }
            #expect(try await claims(stage).count == 3)
            let dropped = try await stage.messages().filter { $0.state == .suppressed && $0.channel == .sms }
            #expect(dropped.map(\.reason) == ["cap-week"])
        }
    }

    @Test("administrators change, management looks, agents do neither", arguments: Language.allCases)
    func pages(_ language: Language) async throws {
        try await Stage.open { stage in
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            let path = "/notify/settings/notify.marketing"
            let form = ["version": "2", "hasQuietHours": "1", "quietFrom": "22:30", "perDay": "2", "note": "trial"]
            var (head, admin) = (stage.principal(.head), stage.principal(.admin))
            (head.language, admin.language) = (language, language)
            #expect(try await client.get("/notify/settings", as: stage.principal()).status == 403)
            #expect(try await client.post(path, form: form, as: head).status == 403)
            #expect(try await client.post(path, form: form, as: admin).status == 303)
            let policy = try await stage.spine.read { try await PolicyStore($0).current(MarketingPolicy.self) }
            #expect(policy.version == 3 && policy.value.quietFrom == 22 * 60 + 30 && policy.value.perDay == 2)
            for who in [head, admin] {
                for page in ["/notify/settings", path] {
                    let answer = try await client.get(page, as: who)
                    #expect(answer.status == 200 && answer.missingWords == [], "\(page)")
                    #expect(answer.text.contains("22:30"))
                }
            }
            #expect(try await client.get(path, as: admin).text.contains(#"type="time" value="22:30""#))
            for (field, value) in [
                ("quietFrom", "25:00"), ("quietFrom", "9"), ("perWeek", "1"), ("quietUntil", "22:30"),
            ] {
                let refused = try await client.post(path, form: ["version": "3", field: value], as: admin)
                #expect(refused.status == 422 && refused.text.contains("field-error"), "\(field) \(value)")
            }
            #expect(try await client.post(path, form: form, as: admin).status == 422, "somebody else was first")
        }
    }

    @Test("the API shows bounds and changes once per key, in minutes after midnight")
    func api() async throws {
        try await Stage.open { stage in
            let signIn = try TestSignIn()
            let client = RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
            let path = "/notify/api/v1/policies/notify.marketing"
            let wish = #"{"version": 2, "values": {"quietUntil": 480}, "note": "earlier"}"#
            #expect(try await client.post(path, json: wish, as: stage.principal(.marketing)).status == 403)
            var key: HTTPFields = [:]
            key[try #require(HTTPField.Name("Idempotency-Key"))] = "k-1"
            for _ in 0..<2 {
                let answer = try await client.post(path, json: wish, as: stage.principal(.admin), headers: key)
                #expect(answer.status == 200 || answer.status == 409, "\(answer.text)")
            }
            let listed = try await client.get("/notify/api/v1/policies", as: stage.principal(.marketing))
            #expect(listed.text.contains(#""unit":"time-of-day""#) && listed.text.contains(#""version":3"#))
            let events = try await stage.spine.events(of: SendingPolicyChanged.self)
            #expect(events.last?.changes == [PolicyChange(field: "quietUntil", from: 540, to: 480)])
            #expect(events.last?.note == "earlier" && events.map(\.version) == [2, 3])
        }
    }
}
