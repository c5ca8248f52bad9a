import Contracts
import Foundation
import Messaging
import Postgres

/// Whether every submission that was confirmed to a channel came to exactly one end, and every lead is looked after.
struct AuditReport: Sendable, Equatable, Encodable {
    /// One way in which the conservation law is broken.
    struct Breach: Sendable, Equatable, Encodable {
        /// A stable slug: `accepted-without-lead`.
        let law: String
        let sentence: String
        /// Rows that break it, at most 50.
        let ids: [String]
        /// How many break it in all.
        let count: Int

        /// Nil when nothing breaks the law.
        init?(_ law: String, _ sentence: String, _ ids: [String]) {
            guard !ids.isEmpty else { return nil }
            self.law = law
            self.sentence = sentence
            self.ids = Array(ids.prefix(50))
            count = ids.count
        }
    }

    /// What another service says that it received of our events.
    struct Receiver: Sendable, Equatable, Encodable {
        let service: String
        /// Events that it says it received.
        let received: Int
        /// Of those, the ones that wait to be tried again there, and its dead letters, when it said so last.
        let waiting: Int
        let dead: Int
        let toldAt: Date
        /// The minute of the newest event that it has received.
        let newest: Date?
        /// Minutes and names of which it has not told all yet: no fault, until it should have.
        var notYetReported = 0
        /// Events in our name that the journal does not know.
        var strangers = 0
    }

    /// The end of a channel's chain in the ledger: whoever keeps it elsewhere can tell later that nothing before it changed.
    struct Chain: Sendable, Equatable, Encodable {
        let channel: String
        let rows: Int
        /// Hexadecimal.
        let link: String
    }

    let submissions: Int
    let byOutcome: [String: Int]
    let leads: Int
    /// Events that the broker has not confirmed yet.
    let unsent: Int
    let chains: [Chain]
    let receivers: [Receiver]
    let breaches: [Breach]

    var holds: Bool { breaches.isEmpty }
}

/// Proves the conservation law, or names what is missing.
struct AuditLedger: Sendable {
    let spine: Spine
    /// How long an event may be under way to another service.
    var patience: TimeInterval = 900

    func callAsFunction() async throws -> AuditReport {
        try await spine.read { tx in
            // It looks at every row there is, which may take longer than a page may.
            try await tx.execute("SET LOCAL statement_timeout = '10min'")
            var breaches: [AuditReport.Breach] = []
            for law in AuditLaw.all {
                let ids = try await tx.all(law.broken) { try $0["id"] as String }
                if let breach = AuditReport.Breach(law.name, law.sentence, ids) { breaches.append(breach) }
            }
            let check = ReceiptCheck(patience: patience, now: try await ReceiptAuditStore(tx).now())
            let receipts = try await AuditReceipts(tx: tx, check: check)()
            let outcomes = try await tx.all("SELECT outcome, count(*) AS rows FROM submissions GROUP BY outcome") {
                (try $0["outcome"] as String, try $0["rows"] as Int)
            }
            return AuditReport(
                submissions: outcomes.map(\.1).reduce(0, +),
                byOutcome: Dictionary(outcomes) { first, _ in first },
                leads: try await tx.first("SELECT count(*) AS leads FROM leads") { try $0["leads"] } ?? 0,
                unsent: try await tx.first("SELECT count(*) AS events FROM outbox") { try $0["events"] } ?? 0,
                chains: try await LedgerChainStore(tx).ends(),
                receivers: receipts.receivers,
                breaches: breaches + receipts.breaches
            )
        }
    }
}
