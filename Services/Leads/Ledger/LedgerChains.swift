import Contracts
import Crypto
import Foundation

/// The ends of the ledger's chains while rows are added to them.
struct LedgerChains: Sendable {
    /// Where a channel's chain ends.
    struct End: Sendable, Equatable {
        var sequence: Int64
        var link: [UInt8]
    }

    /// What chains a row to the one before.
    struct Link: Sendable {
        let sequence: Int64
        let content: [UInt8]
        let link: [UInt8]
    }

    private(set) var ends: [String: End]

    /// Adds a row to the end of its channel's chain.
    mutating func append(_ facts: LedgerFacts) -> Link {
        let end = ends[facts.channel] ?? End(sequence: 0, link: LedgerFacts.origin(of: facts.channel))
        let sequence = end.sequence + 1
        let link = LedgerFacts.hash(end.link + facts.digest(sequence))
        ends[facts.channel] = End(sequence: sequence, link: link)
        return Link(sequence: sequence, content: facts.content, link: link)
    }
}

/// What became of a submission, as the chain of its channel vouches for it: the outcome's facts, and a digest of the
/// content instead of the content.
///
/// The database computes the same when the ledger is audited: the functions `ledger_facts` and `ledger_content`, which
/// `0004_ledger_chain.sql` defines. Whoever changes one makes every row a breach.
struct LedgerFacts: Sendable {
    let channel: String
    /// A digest of all that may be erased.
    let content: [UInt8]
    private let identity: String
    private let rest: [UInt8]

    init(_ entry: LedgerEntry, at now: Date) {
        let submission = entry.submission
        let received = submission.received
        channel = submission.channel
        identity = received.id.wire
        content = LedgerFacts.content(entry)
        var facts = FactWriter()
        facts.add(submission.channel)
        facts.add(submission.key)
        facts.add(received.digest)
        facts.add(received.transport.rawValue)
        facts.add(entry.outcome.name)
        facts.add(entry.reason?.code)
        facts.add(entry.reason?.field)
        facts.add(entry.outcome.lead?.description)
        facts.add(entry.outcome.uid?.description)
        facts.add(entry.duplicateOf?.wire)
        facts.bytes += "\(Int64((now.timeIntervalSince1970 * 1_000_000).rounded())) \(received.body.count)".utf8
        rest = facts.bytes
    }

    func digest(_ sequence: Int64) -> [UInt8] {
        LedgerFacts.hash(Array("\(sequence) \(identity)".utf8) + rest + content)
    }

    /// What a channel's first row is linked to.
    static func origin(of channel: String) -> [UInt8] { hash(Array("lintel ledger of \(channel)".utf8)) }

    static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    private static func content(_ entry: LedgerEntry) -> [UInt8] {
        let submission = entry.submission
        var facts = FactWriter()
        facts.bytes += SHA256.hash(data: submission.received.body.prefix(LedgerStore.keptBytes))
        facts.add(submission.externalID)
        facts.add(submission.enquiry?.campaign)
        facts.add(submission.received.brokerUser)
        facts.add(entry.reason?.message)
        let notes = (submission.enquiry?.notes ?? []).map { #"{"code": "\#($0.code)", "field": "\#($0.field)"}"# }
        // As the database prints it.
        facts.add("[" + notes.joined(separator: ", ") + "]")
        return hash(facts.bytes)
    }
}

/// Writes values with their length before them, so that no two rows of values read the same.
private struct FactWriter {
    var bytes: [UInt8] = []

    mutating func add(_ text: String?) {
        guard let text else {
            bytes.append(UInt8(ascii: "-"))
            return
        }
        bytes += "\(text.utf8.count):".utf8
        bytes += text.utf8
    }
}
