import Contracts
import Foundation
import HTTPTypes
import Messaging
import Outbound
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("The link in mails that nobody asked for")
struct UnsubscribeTests {
    private func client(_ stage: Stage) throws -> RouteClient {
        let signIn = try TestSignIn()
        return RouteClient(try RouteTests.server(stage, signIn).responder, signIn: signIn)
    }

    /// A mail of a sequence, as it was written.
    private func mail(_ stage: Stage) async throws -> Message {
        var due = NurtureDue.example
        (due.uid, due.template) = (stage.uid, "nurture-greeting")
        try await stage.hears(due, about: stage.uid, uid: stage.uid)
        return try #require(try await stage.message("nurture-greeting", .email))
    }

    private func path(_ message: Message) -> String {
        String(Stage.links.page(of: message.id).dropFirst("http://localhost:8080".count))
    }

    /// What marketing would send now.
    private func claimed(_ stage: Stage) async throws -> [Message] {
        var claimed: [Message] = []
        for channel in [Channel.sms, .email] {
            let lane = Sending.Lane.Name(channel: channel, rank: .marketing)
            claimed += try await stage.app.claimDue(lane, limit: 10, lease: 600).ready.map(\.message)
        }
        return claimed
    }

    private func optOuts(_ stage: Stage) async throws -> [String] {
        let events = try await stage.spine.events(of: RecipientOptedOut.self)
        return events.map { "\($0.channel) \($0.purpose ?? "all") \($0.source)" }
    }

    @Test("a mail of a sequence has it, for mailboxes and for people; what is business has none")
    func carried() async throws {
        try await Stage.open { stage in
            let message = try await mail(stage)
            let sent = Carriers.mail().mail(message, to: "zhang@example.com")
            #expect(
                sent.headers == [
                    "List-Unsubscribe: <\(Stage.links.oneClick(of: message.id))>",
                    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
                ]
            )
            let link = Stage.links.page(of: message.id)
            #expect(sent.text.hasSuffix(link))
            #expect(sent.html?.contains("href=\"\(link)\"") == true)
            try await stage.hearsEverythingTwice()
            let business = try #require(try await stage.message("contract-signed-customer", .email))
            let plain = Carriers.mail().mail(business, to: "zhang@example.com")
            #expect(plain.headers == [] && !plain.text.contains("unsubscribe"))
        }
    }

    @Test("following it changes nothing, saying yes on its page does, once, and only for what the mail was sent for")
    func asked() async throws {
        try await Stage.open { stage in
            let message = try await mail(stage)
            let client = try client(stage)
            let path = path(message)
            for language in ["en", "zh-Hans"] {
                let page = try await client.get(path, headers: [.acceptLanguage: language])
                #expect(page.status == 200 && page.missingWords == [] && page.text.contains(path))
            }
            #expect(try await optOuts(stage) == [])
            for _ in 0..<2 {
                let done = try await client.post(path, form: [:])
                #expect(done.status == 200 && done.missingWords == [])
            }
            #expect(try await optOuts(stage) == ["email marketing unsubscribe-link"])
            // What waited is not sent any more; texts of the same kind are, and so are mails about business.
            #expect(try await claimed(stage).map(\.channel) == [.sms])
            #expect(try await stage.message("nurture-greeting", .email)?.reason == "opted-out")
            let customer = try await stage.spine.read { try await RecipientStore($0).customers([stage.uid])[stage.uid] }
            #expect(customer?.optedOut == ConsentScope(.marketing, by: .email))
        }
    }

    @Test("a mailbox's own button does the same with one post, and a STOP by text stops all texts besides")
    func oneClick() async throws {
        try await Stage.open { stage in
            let message = try await mail(stage)
            let client = try client(stage)
            let api = path(message).replacingOccurrences(of: "/notify/", with: "/notify/api/v1/")
            #expect(try await client.get(api).status == 303)
            for _ in 0..<2 {
                #expect(try await client.post(api, form: ["List-Unsubscribe": "One-Click"]).status == 200)
            }
            #expect(try await optOuts(stage) == ["email marketing unsubscribe-link"])
            try await stage.app.takeText(from: "13812345678", text: "STOP")
            #expect(try await optOuts(stage) == ["email marketing unsubscribe-link", "sms all stop-reply"])
        }
    }

    @Test("a key of another mail, or none, opens nothing, and neither does a text's own")
    func keys() async throws {
        try await Stage.open { stage in
            let message = try await mail(stage)
            let client = try client(stage)
            let text = try #require(try await stage.message("nurture-greeting", .sms))
            let foreign = Stage.links.page(of: .new()).split(separator: "/").last ?? ""
            let paths = [
                "/notify/unsubscribe/\(message.id)/\(foreign)", "/notify/unsubscribe/\(message.id)/x",
                "/notify/unsubscribe/x/y",
            ]
            for path in paths {
                #expect(try await client.get(path).status == 404)
                #expect(try await client.post(path, form: [:]).status == 404)
            }
            // Its key fits, and there is no such mail.
            #expect(try await client.post(path(text), form: [:]).status == 404)
            let keys = ReceiptKeys(password: "smspw")
            #expect(!Stage.links.isGenuine(keys.key(for: message.id, attempt: 0), of: message.id))
            #expect(try await optOuts(stage) == [])
        }
    }
}
