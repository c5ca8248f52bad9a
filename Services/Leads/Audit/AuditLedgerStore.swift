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
    }

    let submissions: Int
    let byOutcome: [String: Int]
    let leads: Int
    /// Events that the broker has not confirmed yet.
    let unsent: Int
    let breaches: [Breach]

    var holds: Bool { breaches.isEmpty }
}

/// Proves the conservation law, or names what is missing.
struct AuditLedger: Sendable {
    let spine: Spine

    func callAsFunction() async throws -> AuditReport {
        try await spine.read { tx in
            var breaches: [AuditReport.Breach] = []
            for law in AuditLaw.all {
                let ids = try await tx.all(law.broken) { try $0["id"] as String }
                guard !ids.isEmpty else { continue }
                breaches.append(
                    AuditReport.Breach(
                        law: law.name,
                        sentence: law.sentence,
                        ids: Array(ids.prefix(50)),
                        count: ids.count
                    )
                )
            }
            let outcomes = try await tx.all("SELECT outcome, count(*) AS rows FROM submissions GROUP BY outcome") {
                (try $0["outcome"] as String, try $0["rows"] as Int)
            }
            return AuditReport(
                submissions: outcomes.map(\.1).reduce(0, +),
                byOutcome: Dictionary(outcomes) { first, _ in first },
                leads: try await tx.first("SELECT count(*) AS leads FROM leads") { try $0["leads"] } ?? 0,
                unsent: try await tx.first("SELECT count(*) AS events FROM outbox") { try $0["events"] } ?? 0,
                breaches: breaches
            )
        }
    }
}
