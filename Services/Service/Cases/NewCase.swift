import Contracts
import Failures

/// What somebody says when they open a case, before anybody has looked at it.
struct NewCase: Codable, Sendable, Equatable {
    var uid: UID
    /// `complaint`, `suggestion`, `enquiry`, `repair`.
    var kind: String
    var title: String
    var text: String
    var unitId: UnitID?
    var project: String?
    /// `low`, `normal` (also when absent), `high`.
    var severity: String?
}

/// What was said, fit to become a case.
struct CaseRequest: Sendable, Equatable {
    let uid: UID
    let kind: Case.Kind
    let severity: Case.Severity
    let title: String
    let text: String
    let unitID: UnitID?
    var project: String?

    /// - Throws: a ``Rejection`` that names the field and the rule.
    init(_ raw: NewCase) throws {
        guard let kind = Case.Kind(rawValue: raw.kind) else {
            throw Rejection.invalid("kind", "kind-unknown", "kind is complaint, suggestion, enquiry or repair.")
        }
        guard let severity = Case.Severity(rawValue: raw.severity ?? "normal") else {
            throw Rejection.invalid("severity", "severity-unknown", "severity is low, normal or high.")
        }
        uid = raw.uid
        self.kind = kind
        self.severity = severity
        title = try Words.required(raw.title, "title", atMost: 200)
        text = try Words.required(raw.text, "text", atMost: 10_000)
        unitID = raw.unitId
        project = try Words.optional(raw.project, "project", atMost: 100)
    }
}

/// Words that people typed.
enum Words {
    /// The words without white space at their ends.
    /// - Throws: a ``Rejection`` when there are none, too many, or one holds U+0000, which PostgreSQL cannot store.
    static func required(_ raw: String, _ field: String, atMost limit: Int) throws -> String {
        guard let words = try optional(raw, field, atMost: limit) else {
            throw Rejection.invalid(field, "words-missing", "\(field) must not be empty.")
        }
        return words
    }

    /// The same where there need not be any.
    static func optional(_ raw: String?, _ field: String, atMost limit: Int) throws -> String? {
        guard let raw else { return nil }
        guard !raw.unicodeScalars.contains("\0") else {
            throw Rejection.invalid(field, "words-with-nul", "\(field) holds U+0000, which cannot be stored.")
        }
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let words = raw.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard words.count <= limit else {
            throw Rejection.invalid(field, "words-too-many", "\(field) is longer than \(limit) characters.")
        }
        return words.isEmpty ? nil : String(words)
    }
}
