import CCurl
import Foundation
import TestSupport
import Testing

@testable import Outbound

/// The mail server that `make test` starts: it refuses on demand, by the local part of the recipient.
private let server = MailClient(TestMail.configuration())

enum TestMail {
    static func configuration(_ change: (inout MailClient.Configuration) -> Void = { _ in }) -> MailClient.Configuration
    {
        var configuration = MailClient.Configuration(url: TestServers.required("LINTEL_TEST_SMTP_URL"))
        configuration.user = TestServers.required("LINTEL_TEST_SMTP_USER")
        configuration.password = TestServers.required("LINTEL_TEST_SMTP_PASSWORD")
        configuration.caFile = TestServers.required("LINTEL_TEST_SMTP_CA_FILE")
        change(&configuration)
        return configuration
    }

    static func mail(to local: String, id: String = UUID().uuidString) -> Mail {
        Mail(
            from: Mailbox(name: "林特 CRM", address: "crm@lintel.example"),
            recipient: Mailbox(address: "\(local)@example.com"),
            subject: "看房预约已确认：周六下午三点，请在河畔公园售楼处等候您的置业顾问",
            text: "您好,看房预约已确认\n.\n一行点号不结束邮件",
            html: "<p>您好</p>",
            messageID: "\(id)@lintel.example",
            date: Date(timeIntervalSince1970: 1_795_316_645)
        )
    }

    /// The file in the Maildir that holds a text.
    static func stored(_ text: String) throws -> String? {
        let folder = URL(filePath: TestServers.required("LINTEL_TEST_MAILDIR")).appending(path: "new")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }
            .first { $0.contains(text) }
    }
}

@Suite("mail")
struct MailTests {
    @Test("a mail that is taken is in the mailbox with its encoded subject, its Message-ID and both forms")
    func accepted() async throws {
        let id = UUID().uuidString
        guard case .accepted(let reply) = await server.send(TestMail.mail(to: "li.na", id: id)) else {
            Issue.record("not accepted")
            return
        }
        #expect(reply.code == 250)
        let stored = try #require(try TestMail.stored(id))
        #expect(stored.contains("Subject: =?UTF-8?B?"))
        #expect(stored.contains("Date: Sun, 22 Nov 2026 03:04:05 +0000"))
        #expect(stored.contains("multipart/alternative"))
        #expect(stored.contains("text/html"))
        #expect(stored.contains("X-Envelope-To: li.na@example.com"))
    }

    @Test(
        "the server's word decides whether a mail may be sent again",
        arguments: [("unknown1", 550, false), ("full1", 452, true), ("spam1", 554, false)]
    )
    func refused(local: String, code: Int, isForNow: Bool) async {
        switch await server.send(TestMail.mail(to: local)) {
        case .refusedForNow(let reply): #expect(isForNow && reply.code == code)
        case .refusedForGood(let reply): #expect(!isForNow && reply.code == code)
        case let other: Issue.record("\(other)")
        }
    }

    @Test("a greylisted mail is refused for now and taken the second time")
    func greylisted() async {
        let mail = TestMail.mail(to: "grey\(UUID().uuidString.prefix(8))")
        guard case .refusedForNow(let reply) = await server.send(mail), reply.code == 451 else {
            Issue.record("was not refused for now")
            return
        }
        guard case .accepted = await server.send(mail) else {
            Issue.record("was not taken the second time")
            return
        }
    }

    @Test("a connection cut after the text leaves it unknown whether the mail was taken")
    func cutAfterText() async {
        guard case .unknown(let trouble) = await server.send(TestMail.mail(to: "dropdata1")) else {
            Issue.record("not unknown")
            return
        }
        #expect(trouble.kind == .connectionLost)
    }

    @Test("no answer within the time leaves it unknown whether the mail was taken")
    func timedOut() async {
        let impatient = MailClient(TestMail.configuration { $0.timeout = .seconds(3) })
        guard case .unknown(let trouble) = await impatient.send(TestMail.mail(to: "slow1")) else {
            Issue.record("not unknown")
            return
        }
        #expect(trouble.kind == .timedOut)
        await impatient.close()
    }

    @Test("a wrong password, a certificate that nobody vouches for and a server that is away hand nothing over")
    func notSent() async {
        let cases: [(Trouble.Kind, MailClient.Configuration)] = [
            (.loginRefused, TestMail.configuration { $0.password = "wrong" }),
            (.certificate, TestMail.configuration { $0.caFile = nil }),
            (.certificate, TestMail.configuration { $0.caFile = "/nowhere.pem" }),
            (.unreachable, TestMail.configuration { $0.url = "smtp://localhost:9" }),
        ]
        for (kind, configuration) in cases {
            let client = MailClient(configuration)
            guard case .notSent(let trouble) = await client.send(TestMail.mail(to: "a")) else {
                Issue.record("\(kind): something was sent")
                continue
            }
            #expect(trouble.kind == kind)
            await client.close()
        }
    }

    @Test("a line break in a name or subject cannot begin another header")
    func injection() {
        var mail = TestMail.mail(to: "a")
        mail.subject = "Hi\r\nBcc: everybody@example.com"
        mail.from.name = "A\nB"
        #expect(mail.headerLines.allSatisfy { !$0.hasPrefix("Bcc") })
        #expect(mail.headerLines.joined().contains("\nBcc") == false)
        #expect(Mailbox("Lintel <crm@lintel.example>") == Mailbox(name: "Lintel", address: "crm@lintel.example"))
        #expect(Mailbox("a@b\r\nRCPT TO:<c@d>") == nil)
        #expect(Mailbox("nobody") == nil)
    }

    @Test("encoded words hold whole characters and at most 75 bytes each")
    func encodedWords() throws {
        let subject = String(repeating: "房屋👨‍👩‍👧", count: 20)
        let words = HeaderText.encoded(subject).split(separator: "\r\n ").map(String.init)
        #expect(words.count > 1)
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = try words.map { word in
            let base64 = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
            let data = try #require(Data(base64Encoded: String(base64)))
            return try #require(String(data: data, encoding: .utf8))
        }
        #expect(decoded.joined() == subject)
    }
}

@Suite("HTTP")
struct HTTPTests {
    private let client = HTTPClient()

    private func sms(_ change: (inout [String: String]) -> Void = { _ in }) -> HTTPClient.Call {
        var query = [
            "username": TestServers.required("LINTEL_TEST_SMS_USER"),
            "password": TestServers.required("LINTEL_TEST_SMS_PASSWORD"),
            "from": "10690000", "to": "%2B8613800000001", "text": "Hello",
        ]
        change(&query)
        let text = query.map { "\($0)=\($1)" }.joined(separator: "&")
        return HTTPClient.Call(TestServers.required("LINTEL_TEST_SMS_URL") + "?" + text)
    }

    @Test("the gateway takes text messages, one after another over kept handles")
    func accepted() async {
        for _ in 1...5 {
            guard case .accepted(let reply) = await client.send(sms()) else {
                Issue.record("not accepted")
                return
            }
            #expect(reply.code == 202)
        }
    }

    @Test("a request that the gateway refuses tells its words")
    func refused() async {
        guard case .refusedForGood(let reply) = await client.send(sms { $0["password"] = "wrong" }) else {
            Issue.record("not refused")
            return
        }
        #expect(reply.code == 403 && reply.text.contains("Authorization failed"))
    }

    @Test("nothing is sent to a port where nobody listens, nor to an address that is none")
    func notSent() async {
        guard case .notSent(let away) = await client.send(HTTPClient.Call("http://127.0.0.1:9/")) else {
            Issue.record("something was sent")
            return
        }
        #expect(away.kind == .unreachable)
        guard case .notSent(let wrong) = await client.send(HTTPClient.Call("gopher://127.0.0.1/")) else {
            Issue.record("something was sent")
            return
        }
        #expect(wrong.kind == .misconfigured)
    }
}

@Suite("how an ending is judged")
struct EndingTests {
    @Test(
        "an HTTP status",
        arguments: [
            (202, "accepted"), (400, "for good"), (403, "for good"), (429, "for now"), (503, "for now"),
            (500, "unknown"), (502, "unknown"), (302, "for good"),
        ]
    )
    func status(status: Int, verdict: String) {
        let outcome = Ending(result: CURLE_OK, status: status, requestSize: 99, text: "").ofRequest
        #expect(word(outcome) == verdict)
    }

    @Test("a request of which a byte has left may have been acted upon")
    func halfSent() {
        let half = Ending(result: CURLE_OPERATION_TIMEDOUT, status: 0, requestSize: 120, text: "")
        let none = Ending(result: CURLE_OPERATION_TIMEDOUT, status: 0, requestSize: 0, text: "")
        #expect(word(half.ofRequest) == "unknown")
        #expect(word(none.ofRequest) == "not sent")
    }

    private func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .accepted: "accepted"
        case .refusedForGood: "for good"
        case .refusedForNow: "for now"
        case .unknown: "unknown"
        case .notSent: "not sent"
        }
    }
}
