import Failures
import Foundation
import Hummingbird
import Logging
import TestSupport
import Web

/// A service like the four, small enough to try everything with.
struct DemoServer {
    let pages: Pages
    let signIn: TestSignIn
    let client: RouteClient
    let server: WebServer
    let feed = LiveFeed()

    struct Note: Decodable {
        struct Person: Decodable { let phones: [String] }
        let text: String
        let at: Date?
        let person: Person?
    }

    struct NoteAnswer: ResponseEncodable {
        let text: String
        let at: Date
    }

    struct Broken: Error, CustomStringConvertible {
        let description = "the database said 13812345678"
    }

    init(publicURL: String = "http://localhost:8080", readiness: [ReadinessCheck] = []) throws {
        let pages = try Self.pages()
        let signIn = try TestSignIn()
        server = WebServer(
            configuration: .init(
                service: "leads",
                port: 0,
                opsPort: 0,
                publicURL: publicURL,
                development: true,
                bodyLimit: 4_096
            ),
            pages: pages,
            verifier: signIn.verifier,
            feed: feed,
            readiness: readiness,
            logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        ) { router in
            Self.addPages(to: router.group("leads"), pages)
            Self.addAPI(to: router.group("leads/api/v1"))
        }
        self.pages = pages
        self.signIn = signIn
        client = RouteClient(server.responder, signIn: signIn)
    }

    static func pages() throws -> Pages {
        try Pages(service: "leads", folder: Bundle.module.resourceURL?.appending(path: "Pages"), now: { DemoPages.now })
    }

    private static func addPages(to group: RouterGroup<WebContext>, _ pages: Pages) {
        group.get("leads") { _, context in
            _ = try context.requirePrincipal()
            let demo = DemoPages(viewer: pages.viewer(context))
            return try pages.page("demo-leads", demo.leads, PageHead(title: "Leads", section: .leads), for: context)
        }
        group.get("sign-in") { _, context in
            let demo = DemoPages(viewer: pages.viewer(context))
            return try pages.page("demo-sign-in", demo.signIn, PageHead(title: "Sign in", isBare: true), for: context)
        }
        group.post("notes") { request, context in
            let form = try await request.form(context)
            return Response.seeOther(
                "/leads/leads",
                flash: Flash(.done, "noted: \(form["note"])", undo: "/leads/notes/undo")
            )
        }
        group.get("fragments/bell") { _, context in
            _ = try context.requirePrincipal()
            return Response(status: .ok)
        }
        group.get("managers") { _, context in
            try context.requireRole(.manager)
            return Response(status: .ok)
        }
        group.get("broken") { _, _ -> Response in throw Broken() }
    }

    private static func addAPI(to group: RouterGroup<WebContext>) {
        group.post("notes") { request, context in
            _ = try context.requirePrincipal()
            let note = try await request.decode(as: Note.self, context: context)
            return Created(NoteAnswer(text: note.text, at: note.at ?? DemoPages.now), location: "/leads/api/v1/notes/1")
        }
        group.post("intake") { request, context in
            let note = try await request.decode(as: Note.self, context: context)
            return Accepted(NoteAnswer(text: note.text, at: note.at ?? DemoPages.now))
        }
        group.get("numbers") { request, _ in
            let slice = try request.slice(defaultLimit: 2)
            let from = slice.after.flatMap { Int($0.parts[0]) } ?? 0
            let rows = Array((from + 1)...(from + slice.limit + 1)).filter { $0 <= 5 }
            return PageOf(rows, slice) { Cursor("\($0)") }
        }
        group.get("broken") { _, _ -> Response in throw Failure(step: "read", cause: Broken()) }
        group.get("conflict") { _, _ -> Response in throw Rejection(.conflict, "stage-not-reachable", "Not from here.")
        }
        group.get("managers") { _, context in
            try context.requireRole(.manager)
            return Response(status: .ok)
        }
        group.get("who") { _, context in
            try Response.json(["name": try context.requirePrincipal().name])
        }
    }
}
