import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Web

@Suite("Access to pages and API")
struct AccessTests {
    let demo: DemoServer

    init() throws {
        demo = try DemoServer()
    }

    @Test("a page sends a stranger to sign-in and brings him back")
    func redirects() async throws {
        let answer = try await demo.client.get("/leads/leads?owner=me&grade=A")
        #expect(answer.status == 303)
        #expect(answer.headers[.location] == "/sales/sign-in?next=/leads/leads%3Fowner%3Dme%26grade%3DA")
    }

    @Test("the API and a fragment answer a stranger with 401, never with a redirect")
    func unauthorized() async throws {
        let api = try await demo.client.get("/leads/api/v1/who")
        #expect(api.status == 401)
        #expect(api.headers[.contentType] == "application/problem+json")
        let fragment = try await demo.client.get("/leads/fragments/bell")
        #expect(fragment.status == 401)
        #expect(fragment.headers[.location] == nil)
    }

    @Test("a bearer token signs a program in, and a bad one is refused even where nobody need be signed in")
    func bearer() async throws {
        let token = try await demo.signIn.issuer.issue(for: DemoPages.agent).token
        let good = try await demo.client.send(.get, "/leads/api/v1/who", headers: [.authorization: "Bearer \(token)"])
        #expect(good.status == 200)
        #expect(good.text.contains("林晓"))
        let bad = try await demo.client.send(.get, "/leads/sign-in", headers: [.authorization: "Bearer nonsense"])
        #expect(bad.status == 303)
    }

    @Test("a session that has ended makes the visitor a stranger again")
    func staleSession() async throws {
        let answer = try await demo.client.send(.get, "/leads/sign-in", session: "old.token.here")
        #expect(answer.status == 200)
    }

    @Test("a role that is not allowed is refused, and an administrator always passes")
    func roles() async throws {
        let agent = try await demo.client.get("/leads/api/v1/managers", as: DemoPages.agent)
        #expect(agent.status == 403)
        var admin = DemoPages.agent
        admin.role = .admin
        #expect(try await demo.client.get("/leads/api/v1/managers", as: admin).status == 200)
        let page = try await demo.client.get("/leads/managers", as: DemoPages.agent)
        #expect(page.status == 403)
        #expect(page.text.contains("You may not do this"))
    }

    @Test(
        "only a path of our own origin is a place to go next",
        arguments: [
            "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "sales/today", "",
            "/\t/evil.example", "/x\r\nSet-Cookie: a=b", "\\\\evil", " /leads",
        ]
    )
    func noOpenRedirect(raw: String) {
        #expect(LocalPath(raw).description == "/sales/today")
    }

    @Test("a local path is kept with its query")
    func localPath() {
        #expect(LocalPath("/leads/leads?owner=me").description == "/leads/leads?owner=me")
        #expect(LocalPath(nil, fallback: "/x").description == "/x")
    }

    @Test("the language follows the address, then the cookie, then the person, then the browser")
    func languages() async throws {
        let chosen = try await demo.client.get("/leads/sign-in?lang=zh-Hans&x=1")
        #expect(chosen.status == 303)
        #expect(chosen.headers[.location] == "/leads/sign-in?x=1")
        #expect(chosen.headers[values: .setCookie].contains { $0.hasPrefix("lintel_lang=zh-Hans") })
        let browser = try await demo.client.get(
            "/leads/sign-in",
            headers: [.acceptLanguage: "fr, zh-CN;q=0.9, en;q=0.8"]
        )
        #expect(browser.text.contains("<html lang=\"zh-Hans\">"))
        let cookie = try await demo.client.get(
            "/leads/sign-in",
            headers: [.acceptLanguage: "zh-CN", .cookie: "lintel_lang=en"]
        )
        #expect(cookie.text.contains("<html lang=\"en\">"))
    }

    @Test("over https cookies are secure, and HTTP-only where scripts have no use for them")
    func cookies() throws {
        let next = LocalPath("/sales/today")
        let answer = Response.signedIn("token", expiresAt: Date().addingTimeInterval(60), next: next, secure: true)
        let session = try #require(answer.headers[values: .setCookie].first { $0.hasPrefix("lintel_session=token") })
        for mark in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] { #expect(session.contains(mark)) }
    }
}
