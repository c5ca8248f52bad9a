import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing

@testable import Web

@Suite("Pages")
struct PageTests {
    let pages: Pages

    init() throws {
        pages = try DemoServer.pages()
    }

    private func context(_ language: Language, signedIn: Bool = true) -> WebContext {
        var context = WebContext(logger: .init(label: "page") { _ in SwiftLogNoOpLogHandler() })
        context.language = language
        context.principal = signedIn ? DemoPages.agent : nil
        context.csrfToken = "token"
        context.target = "/leads/leads"
        return context
    }

    @Test("every tag of every page has a field in its view")
    func verified() {
        let demo = DemoPages(viewer: pages.viewer(.english))
        #expect(pages.verify("demo-leads", with: demo.leads, demo.noLeads) == [])
        #expect(pages.verify("demo-record", with: demo.record) == [])
        #expect(pages.verify("demo-board", with: demo.deals) == [])
        #expect(pages.verify("demo-sign-in", with: demo.signIn) == [])
        #expect(pages.verify("demo-today", with: demo.today) == [])
        #expect(pages.ownTemplates.count == 5)
    }

    @Test("pages render in both languages, with the layout and without a hole", arguments: Language.allCases)
    func rendered(language: Language) async throws {
        let context = context(language)
        let demo = DemoPages(viewer: pages.viewer(language))
        let text = try await html(
            pages.page("demo-leads", demo.leads, PageHead(title: "x", section: .leads), for: context)
        )
        #expect(text.contains("<html lang=\"\(language.rawValue)\">"))
        #expect(text.contains("138 **** 5678"))
        #expect(!text.contains("⟦") && !text.contains("{{") && !text.contains("Optional("))
        #expect(text.contains(language == .english ? "Skip to content" : "跳到正文"))
        #expect(text.matches(of: /aria-current="page"/).count == 2)
        for mark in ["<main", "<nav", "<header", "role=\"search\"", "menu-places", "class=\"skip\""] {
            #expect(text.contains(mark))
        }
    }

    @Test("what people typed is escaped everywhere")
    func escaped() async throws {
        struct Hostile: Sendable {
            let lead: String
            let fields: [Field]
        }
        let evil = "\"><script>alert('x')</script>"
        let view = Hostile(lead: evil, fields: [Field("a", evil, value: evil, hint: evil)])
        var context = context(.english)
        context.flash = Flash(.done, evil)
        context.target = "/leads?q=\"><script>"
        let text = try await html(pages.page("demo-sign-in", view, PageHead(title: evil), for: context))
        #expect(!text.contains("<script>alert"))
        #expect(text.contains("&quot;&gt;&lt;script&gt;"))
    }

    @Test("a nil is nothing, and does not find a field of the same name further out")
    func noClimbing() throws {
        struct Inner: Sendable { let text: String? }
        struct Outer: Sendable {
            let text: String
            let inner: Inner
        }
        let node = try ViewNode.reading(Outer(text: "outer", inner: Inner(text: nil)))
        let inner = try #require(node["inner"] as? ViewNode)
        #expect(inner["text"] is Nothing)
    }

    @Test("a view that holds what is not ready to be shown is refused by its path")
    func unready() {
        struct View: Sendable { let rows: [Date] }
        #expect(throws: UnreadyView.self) { try ViewNode.reading(View(rows: [Date()])) }
    }

    @Test("a misspelt tag and a section that no sample reaches are found")
    func misspelt() throws {
        let pages = try folder(["x": "{{#row}}{{nmae}}{{/row}}{{#other}}a{{/other}}"])
        struct Row: Sendable { let name: String }
        struct View: Sendable {
            let row: Row
            let other: Bool
        }
        let problems = pages.verify("x", with: View(row: Row(name: "a"), other: false))
        #expect(problems.count == 2)
        #expect(problems.contains("{{nmae}} in x: the view has no such field"))
        #expect(pages.verify("y", with: View(row: Row(name: "a"), other: true)) == ["there is no template y"])
    }

    @Test(
        "a template that would not be escaped, or names what does not exist, stops the start",
        arguments: ["{{{raw}}}", "{{&raw}}", "{{>nowhere}}", "{{t.no.such.word}}", "{{#open}}", "{{/never}}"]
    )
    func faulty(text: String) {
        #expect(throws: TemplateFault.self) { try folder(["x": text]) }
    }

    @Test("assets are named by their content and kept for ever, and the browser's copy is confirmed")
    func assets() async throws {
        let demo = try DemoServer()
        let url = pages.assets.url("lintel.css")
        let first = try await demo.client.get(url)
        #expect(first.status == 200)
        #expect(first.headers[.cacheControl]?.contains("immutable") == true)
        let tag = try #require(first.headers[.eTag])
        #expect(try await demo.client.get("/leads/assets/lintel.css", headers: [.ifNoneMatch: tag]).status == 304)
        #expect(try await demo.client.get("/leads/assets/nothing.css").status == 404)
        #expect(try await demo.client.get("/assets/vendor/bootstrap5/..%2f..%2f..%2fetc/passwd").status == 404)
        #expect(try await demo.client.get("/assets/vendor/bootstrap5/css/bootstrap.min.css").status == 200)
    }

    /// Writes the demo pages where `LINTEL_SCREENS` says, to be looked at in a browser.
    @Test("demo pages can be looked at", .enabled(if: ProcessInfo.processInfo.environment["LINTEL_SCREENS"] != nil))
    func screens() async throws {
        let out = URL(filePath: ProcessInfo.processInfo.environment["LINTEL_SCREENS"] ?? "/tmp/screens")
        for language in Language.allCases {
            let demo = DemoPages(viewer: pages.viewer(language))
            let title = PageHead(title: pages.viewer(language).text("nav.leads"), section: .leads)
            let crumbs = PageHead(
                title: "张敏",
                section: .leads,
                crumbs: [Crumb(pages.viewer(language).text("nav.leads"), "/leads/leads")]
            )
            var context = context(language)
            let made: [(String, Response)] = [
                ("leads", try pages.page("demo-leads", demo.leads, title, for: context)),
                ("empty", try pages.page("demo-leads", demo.noLeads, title, for: context)),
                ("record", try pages.page("demo-record", demo.record, crumbs, for: context)),
                (
                    "board",
                    try pages.page("demo-board", demo.deals, PageHead(title: "x", section: .deals), for: context)
                ),
                (
                    "today",
                    try pages.page("demo-today", demo.today, PageHead(title: "x", section: .today), for: context)
                ),
                ("problem", try pages.problem(.internalError, for: context)),
            ]
            context.principal = nil
            let gate = try pages.page("demo-sign-in", demo.signIn, PageHead(title: "x", isBare: true), for: context)
            for (name, response) in made + [("sign-in", gate)] {
                let file = out.appending(path: "\(name).\(language.rawValue).html")
                try await html(response).write(to: file, atomically: true, encoding: .utf8)
            }
        }
    }

    private func folder(_ templates: [String: String]) throws -> Pages {
        let folder = URL.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in templates {
            try text.write(to: folder.appending(path: "\(name).mustache"), atomically: true, encoding: .utf8)
        }
        return try Pages(service: "x", folder: folder)
    }

    private func html(_ response: Response) async throws -> String {
        let client = RouteClient(Echo(response: response))
        return try await client.get("/").text
    }

    private struct Echo: HTTPResponder {
        let response: Response
        func respond(to request: Request, context: WebContext) -> Response { response }
    }
}
