import Contracts
import Crypto
import Foundation

/// What is looked at to find out whether two persons are one.
struct MatchSubject: Sendable, Equatable {
    let uid: UID
    var name: String?
    var phones: [String] = []
    var emails: [String] = []
    /// What their leads ask for.
    var projects: [String] = []
}

/// What two persons must share to be looked at together, so that nobody has to look at everybody.
enum MatchKeys {
    static func of(_ subject: MatchSubject) -> Set<Int64> {
        guard let name = subject.name.map(NameForm.init), !name.words.isEmpty else { return [] }
        let projects = subject.projects.map { "project|\(name.text)|\($0)" }
        let halves = subject.phones.flatMap { phone in
            // Of two numbers with one digit off, one half or the other is the same.
            let half = phone.count / 2
            return [
                "head|\(name.text)|\(phone.count)|\(phone.prefix(half))",
                "tail|\(name.text)|\(phone.count)|\(phone.dropFirst(half))",
            ]
        }
        let companies = subject.emails.compactMap(CompanyMail.domain).flatMap { domain in
            Set(name.words.compactMap(\.first)).map { "company|\(domain)|\($0)" }
        }
        return Set((projects + halves + companies).map(digest))
    }

    private static func digest(_ text: String) -> Int64 {
        SHA256.hash(data: Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// Addresses that a company gives to its people.
enum CompanyMail {
    /// Nil for those that anybody can have.
    static func domain(_ email: String) -> String? {
        guard let at = email.lastIndex(of: "@") else { return nil }
        let domain = String(email[email.index(after: at)...])
        return providers.contains(domain) ? nil : domain
    }

    private static let providers: Set<String> = [
        "126.com", "139.com", "163.com", "188.com", "189.cn", "21cn.com", "aliyun.com", "aol.com", "foxmail.com",
        "gmail.com", "gmx.com", "gmx.de", "googlemail.com", "hotmail.com", "icloud.com", "live.cn", "live.com",
        "mail.com",
        "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "sina.cn", "sina.com",
        "sohu.com", "tom.com", "vip.163.com", "vip.qq.com", "vip.sina.com", "wo.cn", "yahoo.co.jp", "yahoo.com",
        "yahoo.com.cn", "yandex.ru", "yeah.net", "zoho.com",
    ]
}
