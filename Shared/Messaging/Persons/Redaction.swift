public import Contracts
import Foundation

/// What must not be found of a person any more: their UIDs, and the words that say who they are.
public struct Forgotten: Sendable {
    public let uids: [UID]
    /// Ids of what is the person's: their leads, deals, cases.
    ///
    /// Journals know these as subjects.
    public let subjects: [String]
    /// Numbers, addresses, handles: enough to say of any text that it is about this person.
    public let contacts: [String]
    /// Names, which others may have too.
    public let names: [String]

    public init(uids: [UID], subjects: [String] = [], contacts: [String], names: [String]) {
        self.uids = uids
        self.subjects = subjects
        self.contacts = Set(contacts.map { $0.lowercased() }).filter { $0.count >= 5 }.sorted()
        self.names = Set(names.map { $0.lowercased() }).filter { !$0.isEmpty }.sorted()
    }
}

/// Takes a person out of JSON and leaves its shape, so that whoever reads it still can.
public struct Redaction: Sendable {
    /// Members that hold what people are called, how they are reached, or what they wrote.
    private static let personal: Set<String> = [
        "name", "customerName", "contactName", "phone", "phones", "email", "emails", "wechat", "message", "note",
        "nextAction",
        "externalId", "externalID", "text", "body", "recipient", "address", "title", "description", "comment", "reply",
    ]

    private let contacts: [String]
    private let digits: [String]
    private let names: [String]

    public init(_ forgotten: Forgotten) {
        contacts = forgotten.contacts
        digits = forgotten.contacts.map(Self.digits).filter { $0.count >= 8 }.map { String($0.suffix(10)) }
        names = forgotten.names
    }

    /// Whether a text holds a number or an address of the person, however it is written.
    public func betrays(_ text: String) -> Bool {
        let lower = text.lowercased()
        if contacts.contains(where: lower.contains) { return true }
        guard !digits.isEmpty else { return false }
        let bare = Self.digits(text)
        return digits.contains(where: bare.contains)
    }

    /// The same JSON without the person; nil when it is none.
    ///
    /// `isTheirs`: all of it is about the person, so what people are called and have written goes, too.
    public func redacted(_ json: String, isTheirs: Bool) -> String? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed),
            let data = try? JSONSerialization.data(
                withJSONObject: redacted(value, isTheirs: isTheirs),
                options: [.fragmentsAllowed, .withoutEscapingSlashes, .sortedKeys]
            )
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private func redacted(_ value: Any, isTheirs: Bool) -> Any {
        switch value {
        case let object as [String: Any]:
            return Dictionary(
                uniqueKeysWithValues: object.map { key, value in
                    let goes = isTheirs && Self.personal.contains(key)
                    return (key, goes ? blank(value) : redacted(value, isTheirs: isTheirs))
                }
            )
        case let list as [Any]: return list.map { redacted($0, isTheirs: isTheirs) }
        case let text as String:
            let isNamed = isTheirs && names.contains { text.lowercased().contains($0) }
            return isNamed || betrays(text) ? "" : text
        default: return value
        }
    }

    private func blank(_ value: Any) -> Any {
        switch value {
        case is String: ""
        case is [Any]: [Any]()
        default: redacted(value, isTheirs: true)
        }
    }

    private static func digits(_ text: String) -> String { String(text.filter { $0.isASCII && $0.isNumber }) }
}
