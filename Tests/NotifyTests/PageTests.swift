import Contracts
import Foundation
import Messaging
import Policies
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("pages")
struct PageTests {
    private static func pages() throws -> Pages { try Pages(service: "notify", folder: NotifyFiles.pages) }

    private func row(_ state: MessageState, _ channel: Channel, reason: String?) -> MessageRow {
        let message = Message(
            id: .new(),
            recipient: .customer(.new()),
            causeID: "0199",
            causeName: "service.case.opened.v1",
            correlationID: "1",
            traceparent: nil,
            template: "case-opened",
            channel: channel,
            purpose: .service,
            language: .english,
            text: MessageText(subject: channel == .sms ? "" : "Subject", body: "Body"),
            link: "/service/cases/1",
            state: state,
            reason: reason,
            detail: reason == nil ? nil : "550",
            attempt: 1,
            createdAt: Date()
        )
        return MessageRow(
            message: message,
            name: "张三",
            address: channel == .sms ? "+8613812345678" : "a@example.com",
            ownerID: nil,
            changedAt: Date(),
            readAt: nil
        )
    }

    @Test("every template has what it shows, full and empty")
    func verify() throws {
        let pages = try Self.pages()
        let viewer = pages.viewer(.english)
        let rows = [row(.unknown, .sms, reason: "timed-out"), row(.delivered, .email, reason: nil)]
        let slice = Slice(limit: 1)
        let page = PageOf(rows.map { MessageRowView($0, viewer) }, slice, cursor: \.cursor)
        let none = PageOf<MessageRowView>(items: [], nextCursor: nil)
        let filter = ShowMessages.Filter(state: .failed)
        #expect(
            pages.verify(
                "messages",
                with: MessageListPage(page, filter, counts: [.failed: 2], viewer),
                MessageListPage(none, .init(), counts: [:], viewer)
            ) == []
        )
        let details = rows.map { row in
            ShowMessages.Detail(
                row: row,
                why: Why(rule: "notify.x", version: 1, inputs: ["event": "x", "purpose": "service"]),
                attempts: [
                    AttemptRow(attempt: 1, kind: "call", at: Date(), outcome: "accepted", code: 202, detail: "ok")
                ]
            )
        }
        #expect(
            pages.verify(
                "message",
                with: MessagePage(details[0], mayAct: true, isUnmasked: false, viewer),
                MessagePage(details[1], mayAct: true, isUnmasked: true, viewer)
            ) == []
        )
        let notice = Inbox.Notice(
            id: .new(),
            text: MessageText(subject: "S", body: "B"),
            link: nil,
            at: Date(),
            isRead: false
        )
        let notices = PageOf([notice, notice].map { NoticeView($0, viewer) }, slice, cursor: \.cursor)
        let noNotices = PageOf<NoticeView>(items: [], nextCursor: nil)
        #expect(
            pages.verify(
                "inbox",
                with: InboxPage(notices, unread: 3, viewer),
                InboxPage(noNotices, unread: 0, viewer)
            ) == []
        )
        #expect(pages.verify("bell", with: BellView(unread: 3, viewer), BellView(unread: 0, viewer)) == [])
        #expect(
            pages.verify(
                "person-messages",
                with: PersonMessages(rows, of: .new(), viewer),
                PersonMessages([], of: .new(), viewer)
            )
                == []
        )
        #expect(pages.verify("templates", with: TemplateListPage(try Stage.templates(), viewer)) == [])
        let texts = [PageOf<StrangerView>(items: [], nextCursor: nil), PageOf(items: [], nextCursor: "more")]
        #expect(
            pages.verify("texts", with: StrangerListPage(texts[0], viewer), StrangerListPage(texts[1], viewer)) == []
        )
        let steps = ["/notify/unsubscribe/1/key", nil].map { UnsubscribePage(heading: "Mails", text: "?", action: $0) }
        #expect(pages.verify("unsubscribe", with: steps[0], steps[1]) == [])
        let known = ["bell", "inbox", "message", "messages", "person-messages", "templates", "texts", "unsubscribe"]
        #expect(pages.ownTemplates == known)
    }

    @Test("every word is said in both languages, also those that are put together")
    func words() throws {
        let pages = try Self.pages()
        #expect(pages.strings.verify() == [])
        let states = MessageState.allCases.map { "message-state.\($0.rawValue)" }
        let channels = Channel.allCases.map { "message-channel.\($0.rawValue)" }
        let templates = try Stage.templates().all.keys.map { "template.\($0)" }
        let policies = PolicyCatalogue.notify.all.flatMap { policy in
            (["title", "about"] + policy.fields.map(\.name)).map { "policy.\(policy.name).\($0)" }
        }
        for key in states + channels + templates + policies { #expect(pages.strings.knows(key), "\(key)") }
    }

    @Test("a customer's address is masked for whoever does not answer for them")
    func masked() throws {
        let pages = try Self.pages()
        let viewer = pages.viewer(.english)
        let detail = ShowMessages.Detail(
            row: row(.failed, .sms, reason: "refused"),
            why: Why(rule: "notify.x", version: 1),
            attempts: []
        )
        func shown(_ isUnmasked: Bool) -> String {
            MessagePage(detail, mayAct: false, isUnmasked: isUnmasked, viewer).facts.map(\.value).joined()
        }
        #expect(!shown(false).contains("1234"))
        #expect(shown(true).contains("1234"))
    }
}
