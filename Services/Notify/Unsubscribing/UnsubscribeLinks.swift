import Contracts
import Foundation
import Web

/// The links in mails that nobody asked for, by which whoever got one takes back that they may be written to.
///
/// A link names the mail and carries a key that only this mail had. Nobody has to sign in, and it says nothing of a person.
struct UnsubscribeLinks: Sendable {
    private let publicURL: String
    private let keys: ReceiptKeys

    /// The keys are derived from the gateway's password, as those of receipts are: links of before do not hold any more
    /// when that is changed.
    init(publicURL: String, password: String) {
        self.publicURL = publicURL
        keys = ReceiptKeys(password: password, for: "lintel unsubscribe links")
    }

    /// The page that asks whether it is meant: mailboxes and scanners follow links, and must not change anything by that.
    func page(of message: MessageID) -> String { "\(publicURL)/notify/unsubscribe/\(message)/\(key(of: message))" }

    /// Where a mailbox posts that its owner has pressed its own button (RFC 8058).
    func oneClick(of message: MessageID) -> String {
        "\(publicURL)/notify/api/v1/unsubscribe/\(message)/\(key(of: message))"
    }

    func isGenuine(_ key: String, of message: MessageID) -> Bool { keys.isGenuine(key, for: message, attempt: 0) }

    /// The header lines that say so to mailboxes.
    func headers(of message: MessageID) -> [String] {
        ["List-Unsubscribe: <\(oneClick(of: message))>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    }

    /// What stands below the text.
    func footer(of message: Message) -> String {
        let words =
            switch message.language {
            case .english: "Unsubscribe from mails of this kind: "
            case .chinese: "退订此类邮件："
            }
        return "\n\n" + words + page(of: message.id)
    }

    private func key(of message: MessageID) -> String { keys.key(for: message, attempt: 0) }
}
