import Contracts
import Failures
import Messaging

/// What rows would come to, as far as can be said beforehand.
///
/// Pure: what is known already in, one verdict for each row out.
struct ImportForecast: Sendable {
    /// What the rows meet.
    struct Ground: Sendable {
        /// Keys that are used up in the ledger.
        var used: Set<LedgerKey>
        /// The open lead of whoever has the identifier.
        var openLeads: [PersonIdentifier: LeadID]
        /// What rows further up in the file were marked with, and which row it was.
        var marks: [String: Int64]
    }

    private let ground: Ground
    private(set) var rows: [ImportRow] = []
    /// The marks of these rows that are new.
    private(set) var newMarks: [String: Int64] = [:]

    init(_ ground: Ground) { self.ground = ground }

    mutating func take(_ submission: ReadSubmission, number: Int64, salt: String) {
        guard let enquiry = submission.enquiry else {
            let rejection = submission.rejection
            rows.append(
                ImportRow(number: number, verdict: .rejected, reason: rejection?.code, field: rejection?.field)
            )
            return
        }
        let key = Self.mark(submission.ledgerKey, salt: salt)
        let persons = Self.marks(enquiry.identifiers, salt: salt)
        defer { for mark in [key] + persons where seen(mark) == nil { newMarks[mark] = number } }
        if let first = seen(key) {
            rows.append(ImportRow(number: number, verdict: .duplicate, sameAs: first))
        } else if ground.used.contains(submission.ledgerKey) {
            rows.append(ImportRow(number: number, verdict: .duplicate))
        } else if let lead = openLead(of: enquiry) {
            rows.append(ImportRow(number: number, verdict: .joined, leadID: lead))
        } else if let first = firstSeen(persons) {
            rows.append(ImportRow(number: number, verdict: .joined, sameAs: first))
        } else {
            rows.append(ImportRow(number: number, verdict: .new))
        }
    }

    private func openLead(of enquiry: Enquiry) -> LeadID? {
        enquiry.identifiers.lazy.compactMap { ground.openLeads[$0] }.first
    }

    private func firstSeen(_ marks: [String]) -> Int64? { marks.lazy.compactMap { seen($0) }.first }

    private func seen(_ mark: String) -> Int64? { ground.marks[mark] ?? newMarks[mark] }

    /// Every mark that these submissions could have left or found.
    static func marks(of submissions: [ReadSubmission], salt: String) -> [String] {
        submissions.flatMap { submission in
            submission.enquiry.map { [mark(submission.ledgerKey, salt: salt)] + marks($0.identifiers, salt: salt) }
                ?? []
        }
    }

    private static func mark(_ key: LedgerKey, salt: String) -> String { digest("key", key.channel, key.key, salt) }

    private static func marks(_ identifiers: [PersonIdentifier], salt: String) -> [String] {
        identifiers.map { digest("person", $0.kind.rawValue, $0.value, salt) }
    }

    private static func digest(_ parts: String...) -> String {
        String(Digest.of(Array(parts.joined(separator: "\u{1F}").utf8)).prefix(32))
    }
}
