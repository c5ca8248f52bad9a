import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("routes")
struct RouteTests {
    private func client(_ stage: Stage, inboundKey: String? = nil) throws -> RouteClient {
        let signIn = try TestSignIn()
        return RouteClient(try Self.server(stage, signIn, inboundKey: inboundKey).responder, signIn: signIn)
    }

    static func server(_ stage: Stage, _ signIn: TestSignIn, inboundKey: String? = nil) throws -> WebServer {
        let pages = try Pages(service: "notify", folder: NotifyFiles.pages)
        return WebServer(
            configuration: .init(
                service: "notify",
                port: 0,
                opsPort: 0,
                publicURL: "http://localhost:8080",
                development: true
            ),
            pages: pages,
            verifier: signIn.verifier,
            feed: LiveFeed(),
            logger: testLogger("web")
        ) { router in
            let group = router.group("notify")
            MessageRoutes(app: stage.app, pages: pages).add(to: group)
            HoldingRoutes.notify(stage.app).add(to: group)
            TemplateRoutes(templates: stage.app.writeMessages.templates, pages: pages).add(to: group)
            InboxRoutes(app: stage.app, pages: pages).add(to: group)
            SettingsPages(app: stage.app, pages: pages).add(to: group)
            StrangerPages(app: stage.app, pages: pages).add(to: group)
            HookRoutes(app: stage.app, inboundKey: inboundKey).add(to: group)
            UnsubscribeRoutes(app: stage.app, pages: pages).add(to: group)
        }
    }

    private struct List: Decodable {
        struct Item: Decodable {
            let id: String
            let channel: String
            let state: String
        }

        let items: [Item]
        let nextCursor: String?
    }

    @Test("an agent's pages show their own, in both languages, with no word missing")
    func pages() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            try await stage.hearsEverythingTwice()
            let message = try #require(try await stage.message("lead-assigned", .sms))
            let paths = [
                "/notify/messages", "/notify/messages?state=queued&channel=sms", "/notify/messages/\(message.id)",
                "/notify/inbox", "/notify/fragments/bell", "/notify/fragments/person/\(stage.uid)",
                "/notify/fragments/person/\(UID.new())",
            ]
            for path in paths {
                for language in Language.allCases {
                    var principal = stage.principal()
                    principal.language = language
                    let answer = try await client.get(path, as: principal)
                    #expect(answer.status == 200, "\(path)")
                    #expect(answer.missingWords == [], "\(path)")
                }
            }
            #expect(try await client.get("/notify/messages").status != 200, "nobody is signed in")
        }
    }

    @Test("opening a notice marks it as read and goes where it points; the rest can be read at once")
    func inbox() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.opened, about: "case", uid: stage.uid)
            let notice = try #require(try await stage.message("lead-assigned", .inApp))
            #expect(try await client.get("/notify/fragments/bell", as: stage.principal()).text.contains(">2<"))
            let opened = try await client.get("/notify/inbox/\(notice.id)", as: stage.principal())
            #expect(opened.headers[.location] == "/leads/leads/\(stage.lead)")
            #expect(try await stage.app.inbox.unread(of: stage.agent) == 1)
            let strange = try await client.get("/notify/inbox/\(notice.id)", as: stage.principal(.manager))
            #expect(strange.status == 404)
            _ = try await client.post("/notify/inbox/read", form: [:], as: stage.principal())
            #expect(try await stage.app.inbox.unread(of: stage.agent) == 0)
        }
    }

    @Test("a short link leads to the page that it stands for; what is none leads nowhere")
    func shortLink() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            let link = try #require(ShortLink(long: "/leads/leads/\(stage.lead)"))
            let followed = try await client.get("/notify\(link.short)")
            #expect(followed.status == 303)
            #expect(followed.headers[.location] == link.long)
            #expect(try await client.get("/notify/s/nothing").status == 404)
        }
    }

    @Test("the API lists by customer, state and time, page by page, within one's scope")
    func api() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            let since = Contracts.Wire.text(of: Date().addingTimeInterval(-60))
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            let own = try await client.get("/notify/api/v1/messages?limit=3", as: stage.principal()).json(List.self)
            #expect(own.items.count == 3)
            let cursor = try #require(own.nextCursor)
            let rest = try await client.get("/notify/api/v1/messages?limit=3&cursor=\(cursor)", as: stage.principal())
            #expect(try rest.json(List.self).items.count == 1)
            let path = "/notify/api/v1/messages?uid=\(stage.uid)&state=queued&since=\(since)"
            #expect(try await client.get(path, as: stage.principal()).json(List.self).items.count == 1)
            var stranger = stage.principal(.service)
            stranger.staffID = UUID()
            #expect(try await client.get(path, as: stranger).json(List.self).items.isEmpty)
            let wrong = try await client.get("/notify/api/v1/messages?state=lost", as: stage.principal())
            #expect(wrong.status == 422)
        }
    }

    @Test("a manager settles what nobody knows; an agent may not; a message that is not stuck cannot be sent again")
    func byHand() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid)
            _ = try await stage.app.claimDue(.init(channel: .sms, rank: .work), limit: 10, lease: 0)
            try await RecoverLost(spine: stage.spine, wakeUp: stage.app.wakeUp)()
            let id = try #require(try await stage.message("lead-assigned", .sms)?.id)
            let path = "/notify/api/v1/messages/\(id)"
            let agent = try await client.post(path + "/settle", json: #"{"outcome":"accepted"}"#, as: stage.principal())
            #expect(agent.status == 403)
            let manager = stage.principal(.manager)
            let wrong = try await client.post(path + "/settle", json: #"{"outcome":"perhaps"}"#, as: manager)
            #expect(wrong.status == 422)
            let settled = try await client.post(path + "/settle", json: #"{"outcome":"failed"}"#, as: manager)
            #expect(settled.status == 200)
            #expect(try await stage.message("lead-assigned", .sms)?.state == .failed)
            let again = try await client.post("/notify/messages/\(id)/resend", form: [:], as: manager)
            #expect(again.status == 303)
            #expect(try await stage.message("lead-assigned", .sms)?.state == .queued)
            #expect(try await client.post(path + "/resend", json: "{}", as: manager).status == 409)
        }
    }

    @Test("a delivery report counts only with its key")
    func receipts() async throws {
        try await Stage.open { stage in
            let client = try client(stage)
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.sends(.sms, with: Carriers.sms())
            let id = try #require(try await stage.message("lead-acknowledged", .sms)?.id)
            let key = stage.app.receiptKeys.key(for: id, attempt: 1)
            let path = "/notify/hooks/sms/dlr?message=\(id)&attempt=1&type=1&reply=&key="
            #expect(try await client.get(path + "0000").status == 403)
            #expect(try await stage.message("lead-acknowledged", .sms)?.state == .accepted)
            #expect(try await client.get(path + key).status == 200)
            #expect(try await stage.message("lead-acknowledged", .sms)?.state == .delivered)
        }
    }

    @Test("STOP by text message ends ours; a stranger cannot say it for somebody else")
    func inbound() async throws {
        try await Stage.open { stage in
            let path = "/notify/hooks/sms/inbound?from=%2B8613812345678&text=STOP"
            let keyed = try client(stage, inboundKey: "k")
            #expect(try await keyed.get(path).status == 403)
            let open = try client(stage)
            let name = try #require(HTTPField.Name("X-Forwarded-For"))
            #expect(try await open.get(path, headers: [name: "203.0.113.7"]).status == 403)
            #expect(try await stage.spine.events(of: RecipientOptedOut.self).isEmpty)
            #expect(try await keyed.get(path + "&key=k").status == 200)
            #expect(try await stage.spine.events(of: RecipientOptedOut.self).count == 1)
        }
    }
}
