import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Channels in the console")
struct ChannelPageTests {
    @Test(
        "marketing makes a channel, gives it a key that is shown once, and the channel posts with it until it is revoked"
    )
    func life() async throws {
        try await MarketingDesk.open { desk in
            let (client, marketer) = (desk.client, desk.marketer)
            let form = [
                "name": "douyin", "title": "Douyin ads", "kind": "ad", "campaign": "autumn", "active": "yes",
                "basis": "lead", "amount": "25.50",
            ]
            let made = try await client.post("/leads/channels", form: form, as: marketer)
            #expect(made.status == 303)
            let again = try await client.post("/leads/channels", form: form, as: marketer)
            #expect(again.status == 409 || again.status == 422)
            let shown = try await client.post("/leads/channels/douyin/keys", form: [:], as: marketer)
            #expect(shown.status == 200)
            let match = try #require(shown.text.firstMatch(of: /<code[^>]*>([A-Za-z0-9_-]{43})<\/code>/))
            let key = String(match.1)
            #expect(try await !client.get("/leads/channels/douyin", as: marketer).text.contains(key))
            try await desk.office.staff()
            let body = #"{"channel": "douyin", "person": {"phones": ["13812345678"]}}"#
            let path = "/leads/api/v1/intake/douyin"
            #expect(try await client.post(path, json: body, headers: [.channelKey: key]).status == 202)
            let page = try await client.get("/leads/channels/douyin", as: marketer)
            let revoke = try #require(
                page.text.firstMatch(of: /\/leads\/channels\/douyin\/keys\/[0-9a-f-]{36}\/revoke/)
            )
            #expect(try await client.post(String(revoke.0), form: [:], as: marketer).status == 303)
            #expect(try await client.post(path, json: body, headers: [.channelKey: key]).status == 401)
        }
    }

    @Test("every page of channels is shown in both languages, and what is wrong is said beside its field")
    func shown() async throws {
        try await MarketingDesk.open { desk in
            try await desk.opens(
                "/leads/channels",
                "/leads/channels/new",
                "/leads/channels/web",
                "/leads/channels/manual"
            )
            let wrong = try await desk.client.post(
                "/leads/channels",
                form: ["name": "A b", "kind": "ad", "basis": "lead", "amount": "x"],
                as: desk.marketer
            )
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("aria-invalid"))
            #expect(try await desk.client.get("/leads/channels/none", as: desk.marketer).status == 404)
            #expect(try await desk.client.get("/leads/channels", as: desk.agent).status == 403)
            #expect(try await desk.client.post("/leads/channels/web/keys", form: [:], as: desk.agent).status == 403)
        }
    }

    @Test("without a management interface the page says that no broker user can be made")
    func noBroker() async throws {
        try await MarketingDesk.open { desk in
            let page = try await desk.client.get("/leads/channels/web", as: desk.marketer)
            #expect(page.text.contains("management interface is not configured"))
            let refused = try await desk.client.post("/leads/channels/web/broker-user", form: [:], as: desk.marketer)
            #expect(refused.status == 409)
        }
    }

    @Test("programs make channels once per Idempotency-Key and are told what is wrong")
    func api() async throws {
        struct Named: Decodable { let name: String }
        try await MarketingDesk.open { desk in
            let path = "/leads/api/v1/channels"
            let body = #"{"name": "tencent", "kind": "ad", "costBasis": "month", "costMinor": 500000}"#
            let once: HTTPFields = [.init("Idempotency-Key") ?? .accept: "k1"]
            let made = try await desk.client.post(path, json: body, as: desk.marketer, headers: once)
            #expect(made.status == 201)
            #expect(try made.json(Named.self).name == "tencent")
            #expect(try await desk.client.post(path, json: body, as: desk.marketer, headers: once).status == 201)
            #expect(try await desk.client.post(path, json: body, as: desk.marketer).status == 409)
            let wrong = try await desk.client.post(
                path,
                json: #"{"name": "x", "kind": "moon"}"#,
                as: desk.marketer
            )
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("kind"))
            #expect(try await desk.client.get(path, as: desk.marketer).text.contains("tencent"))
            #expect(try await desk.client.get(path, as: desk.agent).status == 403)
        }
    }

    @Test("the templates have what they show")
    func templates() throws {
        let pages = try FrontDoor.pages()
        let viewer = pages.viewer(.english)
        let fields = ChannelFields(viewer)
        let form = ChannelFormView(action: "/", fields: [fields.name] + fields.about, costs: fields.costs, submit: "s")
        let header = PageHeader("h", sub: "s", badges: [Badge("b")], actions: [Action("a", "/", isPost: true)])
        #expect(pages.verify("channel-new", with: ChannelNewPage(header: header, form: form)) == [])
    }
}
