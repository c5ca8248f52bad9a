import Foundation
import Outbound
import Web

/// The mail server that takes our mail.
struct MailServer: Carrier {
    private let from: Mailbox
    private let links: UnsubscribeLinks
    private let client: MailClient

    init(_ configuration: MailClient.Configuration, from: Mailbox, links: UnsubscribeLinks) {
        self.from = from
        self.links = links
        client = MailClient(configuration)
    }

    func carry(_ message: Message, attempt: Int, to address: String) async -> Outcome {
        await client.send(mail(message, to: address))
    }

    /// The mail; one that nobody asked for says how to get no more of them.
    func mail(_ message: Message, to address: String) -> Mail {
        let body = message.hasUnsubscribeLink ? message.text.body + links.footer(of: message) : message.text.body
        var mail = Mail(
            from: from,
            recipient: Mailbox(address: address),
            subject: message.text.subject,
            text: body,
            html: MailServer.html(message, body),
            messageID: messageID(of: message),
            date: message.createdAt
        )
        if message.hasUnsubscribeLink { mail.headers = links.headers(of: message.id) }
        return mail
    }

    func close() async { await client.close() }

    /// The same for every attempt: a mailbox that got the mail twice can tell.
    private func messageID(of message: Message) -> String {
        let domain = from.address.split(separator: "@").last ?? "lintel"
        return "\(message.id)@\(domain)"
    }

    /// The text once more, with paragraphs, and links that can be clicked.
    private static func html(_ message: Message, _ body: String) -> String {
        let paragraphs = body.split(separator: "\n\n").map { paragraph in
            let lines = paragraph.split(separator: "\n").map { linked(escaped(String($0))) }
            return "<p style=\"margin:0 0 16px\">\(lines.joined(separator: "<br>\n"))</p>"
        }
        return """
            <!doctype html>
            <html lang="\(message.language.rawValue)">
            <head><meta charset="utf-8"><title>\(escaped(message.text.subject))</title></head>
            <body style="margin:0;padding:24px;background:#f6f5f3">
            <div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px;\
            font:15px/1.6 -apple-system,'Segoe UI','PingFang SC','Noto Sans CJK SC',sans-serif;color:#26241f">
            \(paragraphs.joined(separator: "\n"))
            </div>
            </body>
            </html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// A line of HTML whose addresses can be clicked.
    static func linked(_ line: String) -> String {
        let starts = ["http://", "https://"].compactMap { line.range(of: $0)?.lowerBound }
        guard let start = starts.min() else { return line }
        let end = line[start...].firstIndex(where: \.isWhitespace) ?? line.endIndex
        let link = line[start..<end]
        return line[..<start] + "<a href=\"\(link)\">\(link)</a>" + linked(String(line[end...]))
    }
}
