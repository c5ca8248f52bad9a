public import Foundation

/// One mail to one recipient: with two, one that is refused would take the other with it.
public struct Mail: Sendable {
    public var from: Mailbox
    public var recipient: Mailbox
    public var subject: String
    public var text: String
    public var html: String?
    /// Without the angle brackets.
    ///
    /// The same mail sent again keeps it, so that mailboxes can tell that it is the same.
    public var messageID: String
    public var date: Date
    /// Further header lines, as they are: ASCII only.
    public var headers: [String] = []

    public init(
        from: Mailbox,
        recipient: Mailbox,
        subject: String,
        text: String,
        html: String? = nil,
        messageID: String,
        date: Date
    ) {
        self.from = from
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.messageID = messageID
        self.date = date
    }

    var headerLines: [String] {
        [
            "From: \(from.header)",
            "To: \(recipient.header)",
            "Date: \(Mail.headerDate(date))",
            "Message-ID: <\(messageID)>",
            "Subject: \(HeaderText.encoded(subject))",
            "Auto-Submitted: auto-generated",
            // libcurl adds the boundary; by itself it would say `mixed`, and mailboxes would show both forms.
            "Content-Type: multipart/alternative",
        ] + headers.map(HeaderText.oneLine)
    }

    /// RFC 5322: `Sun, 22 Nov 2026 03:04:05 +0000`.
    private static func headerDate(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .defaultDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) +0000
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian)
        )
        return date.formatted(style)
    }
}

/// A name and an address.
public struct Mailbox: Sendable, Equatable {
    public var name: String?
    public var address: String

    public init(name: String? = nil, address: String) {
        self.name = name
        self.address = address
    }

    /// Reads `Name <address>` or a bare address; nil for what is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "<", maxSplits: 1)
        let name = parts.count == 2 ? parts[0].trimmingCharacters(in: .whitespaces) : ""
        let address = (parts.last ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "> "))
        guard Mailbox.isPlausible(address), !text.contains(where: \.isNewline) else { return nil }
        self.init(name: name.isEmpty ? nil : name, address: address)
    }

    /// One `@` with something on both sides, and nothing that could end a header or a command.
    public static func isPlausible(_ address: String) -> Bool {
        let sides = address.split(separator: "@", omittingEmptySubsequences: false)
        return sides.count == 2 && sides.allSatisfy { !$0.isEmpty }
            && address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>,;:\"\\".utf8.contains($0) }
    }

    var header: String {
        guard let name else { return "<\(address)>" }
        return "\(HeaderText.encoded(name)) <\(address)>"
    }
}

/// Text in header lines (RFC 2047).
enum HeaderText {
    /// Plain where it is plain ASCII, else encoded words of at most 75 characters, folded.
    static func encoded(_ text: String) -> String {
        let text = oneLine(text)
        let isPlain =
            text.utf8.count <= 60
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && !"=?<>\"@,;:()".utf8.contains($0) }
        if isPlain { return text }
        return pieces(of: text).map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// Without what would begin another header.
    static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }

    /// Whole characters, 45 bytes at most, which is 60 in base64.
    private static func pieces(of text: String) -> [String] {
        var pieces = [""]
        for character in text {
            if pieces[pieces.count - 1].utf8.count + character.utf8.count > 45 { pieces.append("") }
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }
}
