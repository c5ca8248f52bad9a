import Foundation
import HTTPTypes
import TestSupport
import Testing
import Web

@Suite("Problems")
struct ProblemTests {
    struct Details: Decodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let instance: String
        let code: String
        let field: String?
        let requestId: String
    }

    let demo: DemoServer

    init() throws {
        demo = try DemoServer()
    }

    @Test("a refusal is problem details with its stable code")
    func shape() async throws {
        let answer = try await demo.client.get("/leads/api/v1/conflict?phone=13812345678")
        #expect(answer.headers[.contentType] == "application/problem+json")
        let problem = try answer.json(Details.self)
        #expect(answer.status == 409 && problem.status == 409)
        #expect(problem.type == "/problems/stage-not-reachable" && problem.code == "stage-not-reachable")
        #expect(problem.detail == "Not from here." && problem.title == "Conflict")
        #expect(problem.instance == "/leads/api/v1/conflict")
        #expect(problem.requestId == answer.headers[try #require(HTTPField.Name("X-Request-ID"))])
    }

    @Test(
        "a body that cannot be read names the field that is at fault",
        arguments: [
            (#"{}"#, "field-missing", "text"), (#"{"text":7}"#, "field-wrong-type", "text"),
            (#"{"text":"x","person":{"phones":["1",2]}}"#, "field-wrong-type", "person/phones/1"),
            (#"{"text":"x","at":"tomorrow"}"#, "field-malformed", "at"), (#"{"text":"#, "malformed-json", "text"),
            (#"{"text":"\ud800"}"#, "lone-surrogate", "text"), (#"{"text":"a\u0000b"}"#, "nul-character", "text"),
        ] as [(String, String, String?)]
    )
    func decoding(body: String, code: String, field: String?) async throws {
        let answer = try await demo.client.post("/leads/api/v1/intake", json: body)
        #expect(answer.status == 422)
        let problem = try answer.json(Details.self)
        #expect(problem.code == code)
        #expect(problem.field == field)
    }

    @Test("twenty thousand nested arrays are refused like any other malformed body")
    func nested() async throws {
        let server = try DemoServer()
        let body = #"{"text":"# + String(repeating: "[", count: 4_000)
        #expect(try await server.client.post("/leads/api/v1/intake", json: body).status == 422)
    }

    @Test("a body over the limit is 413, another media type 415, an unknown path 404")
    func statuses() async throws {
        let large = #"{"text":""# + String(repeating: "x", count: 5_000) + #""}"#
        #expect(try await demo.client.post("/leads/api/v1/intake", json: large).status == 413)
        let text = try await demo.client.send(
            .post,
            "/leads/api/v1/intake",
            headers: [.contentType: "text/csv"],
            body: "a"
        )
        #expect(text.status == 415)
        let missing = try await demo.client.get("/leads/api/v1/nothing")
        #expect(missing.status == 404)
        #expect(try missing.json(Details.self).code == "not-found")
    }

    @Test("what nobody foresaw tells the caller a request id and nothing else")
    func unknown() async throws {
        let api = try await demo.client.get("/leads/api/v1/broken")
        #expect(api.status == 500)
        #expect(!api.text.contains("13812345678") && !api.text.contains("database"))
        let page = try await demo.client.get(
            "/leads/broken",
            as: DemoPages.agent,
            headers: [.cookie: "lintel_lang=zh-Hans"]
        )
        #expect(page.status == 500)
        #expect(page.text.contains("系统出现问题") && page.text.contains("保留了什么"))
        #expect(page.text.contains("aria-label=\"主导航\""))
        #expect(!page.text.contains("13812345678"))
    }

    @Test("dates on the wire are RFC 3339 in UTC with milliseconds")
    func dates() async throws {
        let answer = try await demo.client.post(
            "/leads/api/v1/intake",
            json: #"{"text":"x","at":"2026-11-22T11:04:05.250+08:00"}"#
        )
        #expect(answer.text.contains(#""at":"2026-11-22T03:04:05.250Z""#))
    }

    @Test("a caller's own request id is kept when it is a decent one")
    func requestID() async throws {
        let name = try #require(HTTPField.Name("X-Request-ID"))
        let kept = try await demo.client.get("/leads/sign-in", headers: [name: "abc-12345678"])
        #expect(kept.headers[name] == "abc-12345678")
        let replaced = try await demo.client.get("/leads/sign-in", headers: [name: "<script>alert(1)</script>"])
        #expect(replaced.headers[name]?.count == 36)
    }

    @Test("every answer tells the browser what not to do, and pages hold no inline script")
    func headers() async throws {
        let page = try await demo.client.get("/leads/leads", as: DemoPages.agent)
        let policy = try #require(page.headers[.contentSecurityPolicy])
        #expect(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"))
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
        #expect(page.headers[.cacheControl] == "no-store")
        #expect(page.text.matches(of: /<script(?![^>]*src=)/).isEmpty)
        #expect(page.text.matches(of: /\son[a-z]+="/).isEmpty)
    }
}
