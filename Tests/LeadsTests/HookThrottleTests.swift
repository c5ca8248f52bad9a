import Contracts
import Foundation
import HTTPTypes
import Messaging
import Policies
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("How much a hook without a signature takes")
struct HookThrottleTests {
    @Test("an address has so many posts a minute, a channel so many from all; the next minute begins anew")
    func counts() {
        let policy = HookPolicy(perAddress: 2, perChannel: 3)
        let throttle = HookThrottle()
        let now = Date(timeIntervalSince1970: 1_800_000_000 + 12)
        func wait(_ address: String?, _ channel: String = "web", _ seconds: Double = 0) -> Int? {
            throttle.wait(channel, from: address, policy, now: now.addingTimeInterval(seconds))
        }
        #expect(wait("a") == nil && wait("a") == nil)
        #expect(wait("a") == 48)
        #expect(wait("a", "app") == nil, "another channel counts for itself")
        #expect(wait("b") == nil)
        #expect(wait("c", "web", 20) == 28, "the channel is full")
        #expect(wait("c", "web", 48) == nil)
    }

    @Test(
        "a form that posts too often is told when to come again, and nothing of it is kept; who signs is not throttled"
    )
    func route() async throws {
        try await MarketingDesk.open { desk in
            let save = { (platform: AdapterSettings.Platform) in
                let draft = AdapterDraft(settings: .preset(platform), secret: "s3cret", verifyToken: "there")
                try await desk.office.spine.perform(.staff(.new())) { work in
                    try await desk.office.app.saveAdapter(draft, of: "web", work)
                }
            }
            try await save(.form)
            let wish = PolicyWish(version: 1, values: ["perAddress": 3])
            try await desk.office.spine.perform(Cause(actor: "test")) { work in
                try await desk.office.app.changePolicy(HookPolicy.name, wish, work)
            }
            let path = "/leads/api/v1/hooks/web"
            let from: (String) -> HTTPFields = { [HTTPField.Name("X-Forwarded-For") ?? .accept: $0] }
            // Not across the end of a minute: the clock stands at its beginning.
            let second = Int(desk.office.spine.clock.now.timeIntervalSince1970) % 60
            try await desk.office.spine.fireTimers(
                [],
                now: desk.office.spine.clock.now.addingTimeInterval(Double(61 - second))
            )
            for number in 0..<3 {
                let body = "{\"name\": \"张三\", \"phone\": \"1381234567\(number)\"}"
                #expect(try await desk.client.post(path, json: body, headers: from("192.0.2.1")).status == 202)
            }
            let body = #"{"name": "张三", "phone": "13812345679"}"#
            let refused = try await desk.client.post(path, json: body, headers: from("192.0.2.1"))
            #expect(refused.status == 429)
            #expect(refused.headers[.contentType]?.hasPrefix("application/problem+json") == true)
            #expect(refused.text.contains("too-many-posts"))
            let wait = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
            #expect((1...60).contains(wait))
            #expect(try await desk.office.ledger().count == 3)
            #expect(try await desk.client.post(path, json: body, headers: from("192.0.2.2")).status == 202)
            try await save(.meta)
            for _ in 0..<5 {
                #expect(try await desk.client.post(path, json: body, headers: from("192.0.2.1")).status == 401)
            }
        }
    }

    @Test("the ledger is narrowed by why and by channel, with links that are shared", arguments: ["en", "zh-Hans"])
    func ledger(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.push(Office.enquiry("1"))
            try await office.push(Office.enquiry("2", phone: "12"))
            try await office.push("{")
            let reasons = try await office.spine.read { try await LedgerQueryStore($0).reasons() }
            #expect(reasons == Set(try await office.ledger().compactMap(\.reason)).sorted())
            #expect(reasons.count == 2)
            func rows(_ query: String) async throws -> Int {
                let page = try await client.get("/leads/ledger\(query)", as: head, headers: [.acceptLanguage: language])
                #expect(page.status == 200 && page.missingWords == [])
                return page.text.components(separatedBy: "<tr").count - 2
            }
            #expect(try await rows("") == 3)
            #expect(try await rows("?outcome=rejected") == 2)
            #expect(try await rows("?reason=\(reasons[0])") == 1)
            #expect(try await rows("?channel=web&reason=\(reasons[1])") == 1)
            #expect(try await rows("?channel=web&outcome=accepted") == 1)
            #expect(try await rows("?channel=nowhere") <= 0)
            let page = try await client.get("/leads/ledger?outcome=rejected&channel=web", as: head)
            let link = "/leads/ledger?outcome=rejected&amp;reason=\(reasons[0].asQueryValue)&amp;channel=web"
            #expect(page.text.contains(link))
        }
    }
}
