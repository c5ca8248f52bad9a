import HTTPTypes
import TestSupport
import Testing
import Web

@Suite("Forms")
struct FormTests {
    let demo: DemoServer

    init() throws {
        demo = try DemoServer()
    }

    @Test("a form that our page made is taken, and the next page says so once")
    func accepted() async throws {
        let answer = try await demo.client.post("/leads/notes", form: ["note": " 周末 & <b> "], as: DemoPages.agent)
        #expect(answer.status == 303)
        let cookie = try #require(answer.headers[values: .setCookie].first { $0.hasPrefix("lintel_flash=") })
        let flash = String(cookie.prefix { $0 != ";" })
        let page = try await demo.client.get("/leads/leads", as: DemoPages.agent, headers: [.cookie: flash])
        #expect(page.text.contains("noted: 周末 &amp; &lt;b&gt;"))
        #expect(page.text.contains("action=\"/leads/notes/undo\""))
        #expect(page.headers[values: .setCookie].contains { $0.hasPrefix("lintel_flash=;") })
    }

    @Test(
        "a form without the token, with another's or with a stranger's is refused",
        arguments: ["", "nonsense", "%%%"]
    )
    func refused(token: String) async throws {
        let answer = try await demo.client.post("/leads/notes", form: ["note": "x"], as: DemoPages.agent, token: token)
        #expect(answer.status == 403)
        #expect(answer.text.contains("Nothing was changed"))
        let foreign = try await demo.client.post(
            "/leads/notes",
            form: ["note": "x"],
            as: DemoPages.agent,
            token: FormToken.of("another session")
        )
        #expect(foreign.status == 403)
    }

    @Test("somebody who is not signed in needs a token too, bound to the visit")
    func visitor() async throws {
        #expect(try await demo.client.post("/leads/notes", form: ["note": "x"]).status == 303)
        #expect(try await demo.client.post("/leads/notes", form: ["note": "x"], token: "nonsense").status == 403)
    }

    @Test("a script sends the token as a header")
    func header() async throws {
        let session = try await demo.signIn.issuer.issue(for: DemoPages.agent).token
        var headers: HTTPFields = [.contentType: "application/json"]
        let body = #"{"text":"x"}"#
        let without = try await demo.client.send(
            .post,
            "/leads/api/v1/notes",
            headers: headers,
            body: body,
            session: session
        )
        #expect(without.status == 403)
        headers[try #require(HTTPField.Name("X-CSRF-Token"))] = FormToken.of(session)
        let with = try await demo.client.send(
            .post,
            "/leads/api/v1/notes",
            headers: headers,
            body: body,
            session: session
        )
        #expect(with.status == 201)
        headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = "cross-site"
        let elsewhere = try await demo.client.send(
            .post,
            "/leads/api/v1/notes",
            headers: headers,
            body: body,
            session: session
        )
        #expect(elsewhere.status == 403)
    }

    @Test("programs need no token: a bearer and a channel key are sent by no browser")
    func programs() async throws {
        let answer = try await demo.client.post("/leads/api/v1/notes", json: #"{"text":"x"}"#, as: DemoPages.agent)
        #expect(answer.status == 201)
        #expect(try await demo.client.post("/leads/api/v1/intake", json: #"{"text":"x"}"#).status == 202)
    }

    @Test("every form of a page carries the token of its viewer")
    func everyForm() async throws {
        let page = try await demo.client.get("/leads/leads", as: DemoPages.agent)
        let forms = page.text.matches(of: /method="post"/).count
        let tokens = page.text.matches(of: /name="_csrf" value="[A-Za-z0-9_-]{43}"/).count
        #expect(forms > 0 && forms == tokens)
    }

    @Test("a form with U+0000, with bad escapes or of another type is refused")
    func malformed() async throws {
        let session = try await demo.signIn.issuer.issue(for: DemoPages.agent).token
        let token = FormToken.of(session)
        let type = "application/x-www-form-urlencoded"
        for body in ["note=a%00b", "note=%ff%fe", "note=%zz"] {
            let answer = try await demo.client.send(
                .post,
                "/leads/notes",
                headers: [.contentType: type],
                body: "\(body)&_csrf=\(token)",
                session: session
            )
            #expect(answer.status == 422, "\(body)")
        }
        let large = String(repeating: "x", count: 5_000)
        let answer = try await demo.client.post("/leads/notes", form: ["note": large], as: DemoPages.agent)
        #expect(answer.status == 413)
        #expect(answer.text.contains("That was too large"))
    }
}
