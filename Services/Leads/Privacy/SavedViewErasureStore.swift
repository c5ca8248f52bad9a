import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that takes a person out of the lists that people keep.
struct SavedViewErasureStore: Sendable {
    private struct Kept: Sendable {
        let staff: UUID
        let name: String
        let query: String
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Lists that search for the person search for nobody any more; where nothing else is asked, or where their name is what
    /// the list is called, there is no such list any more.
    func forget(_ forgotten: Forgotten) async throws {
        let person = SearchedPerson(forgotten)
        for view in try await all() {
            let query = LeadListQuery(stored: view.query)
            let isSearched = query.search.map { person.isMeant(by: $0) } ?? false
            let rest = query.with(.search, nil)
            if person.isNamed(in: view.name) || (isSearched && !rest.isNarrowed && rest.view == "all") {
                try tx.later("DELETE FROM lead_views WHERE staff_id = \(view.staff) AND name = \(view.name)")
            } else if isSearched {
                try tx.later(
                    """
                    UPDATE lead_views SET query = \(rest.query) WHERE staff_id = \(view.staff) AND name = \(view.name)
                    """
                )
            }
        }
    }

    /// Locked in order, against two erasures at once.
    private func all() async throws -> [Kept] {
        try await tx.all("SELECT staff_id, name, query FROM lead_views ORDER BY staff_id, name FOR UPDATE") { row in
            Kept(staff: try row["staff_id"], name: try row["name"], query: try row["query"])
        }
    }
}

/// Whether a search, or a title, is about a person; pure.
struct SearchedPerson: Sendable {
    private static let digitsAtLeast = 5

    private let redaction: Redaction
    private let contacts: [String]
    private let names: [String]

    init(_ forgotten: Forgotten) {
        redaction = Redaction(forgotten)
        contacts = forgotten.contacts.map { $0.lowercased() }
        names = forgotten.names.map { $0.lowercased() }.filter { $0.count > 1 }
    }

    /// Whether a search means them: by a number or an address, or by enough of their name.
    func isMeant(by search: String) -> Bool {
        if isNamed(in: search) { return true }
        let text = search.trimmed.lowercased()
        // Two characters are a name in Chinese, and hardly a syllable elsewhere.
        if text.count >= (text.utf8.count == text.count ? 3 : 2), names.contains(where: { $0.contains(text) }) {
            return true
        }
        if contacts.contains(text) { return true }
        let digits = text.filter(\.isNumber)
        return digits.count >= Self.digitsAtLeast && contacts.contains { $0.filter(\.isNumber).contains(digits) }
    }

    /// Whether a text holds their name, a number or an address of theirs.
    func isNamed(in text: String) -> Bool {
        redaction.betrays(text) || names.contains { Self.isWord($0, in: text.lowercased()) }
    }

    /// Whether a name stands in a text by itself: Li is not in a list, while Chinese has no spaces between words.
    private static func isWord(_ name: String, in text: String) -> Bool {
        text.ranges(of: name).contains { range in
            guard name.utf8.count == name.count else { return true }
            let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            return [before, after].compactMap(\.self).allSatisfy { !$0.isLetter }
        }
    }
}
