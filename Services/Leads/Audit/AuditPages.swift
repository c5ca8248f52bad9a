import Foundation
import Hummingbird
import Messaging
import Web

/// The conservation law as a part of the operations page.
struct AuditFragment: Sendable {
    struct Breach: Sendable {
        let text: String
        let ids: String
    }

    let label: String
    let verdict: Badge
    let breaches: [Breach]
    let stats: [Stat]
    let checked: TimeText
    let ledger: String

    init(_ report: AuditReport, at now: Date, _ viewer: Viewer) {
        label = viewer.text("operations.audit")
        verdict =
            report.holds
            ? Badge(viewer.text("audit.holds"), .good) : Badge(viewer.text("audit.broken"), .bad)
        breaches = report.breaches.map { breach in
            Breach(
                text: viewer.text(
                    "audit.breach",
                    ["law": viewer.law(breach), "n": viewer.number(breach.count)]
                ),
                ids: breach.ids.prefix(5).joined(separator: " ")
            )
        }
        stats =
            [
                Stat(viewer.text("audit.submissions"), viewer.number(report.submissions)),
                Stat(viewer.text("audit.leads"), viewer.number(report.leads)),
            ]
            + ["merged", "rejected"].map { outcome in
                Stat(
                    viewer.text("ledger.outcome.\(outcome)"),
                    viewer.number(report.byOutcome[outcome] ?? 0),
                    href: "/leads/ledger?outcome=\(outcome)"
                )
            }
        checked = viewer.time(now)
        ledger = "/leads/ledger"
    }
}

extension Viewer {
    fileprivate func law(_ breach: AuditReport.Breach) -> String {
        let words = word("audit.law", breach.law)
        return words == breach.law ? breach.sentence : words
    }
}

/// Serves the fragment; the audit looks at every row, so one result serves whoever asks within half a minute.
struct AuditPages: Sendable {
    let app: LeadsApp
    let pages: Pages
    let last = LastAudit()

    func add(to group: RouterGroup<WebContext>) {
        group.get("fragments/audit") { _, context -> Response in
            try context.requireRole(.admin)
            let (report, at) = try await last.report(at: app.spine.clock.now) { try await app.auditLedger() }
            return try pages.fragment("audit", AuditFragment(report, at: at, pages.viewer(context)), for: context)
        }
    }
}

/// The last audit and when it was made; who asks while one runs gets the one before.
actor LastAudit {
    private struct Made {
        let report: AuditReport
        let at: Date
        let instant: ContinuousClock.Instant
    }

    private var last: Made?
    private var isRunning = false

    func report(at now: Date, _ audit: @Sendable () async throws -> AuditReport) async throws -> (AuditReport, Date) {
        if let last, isRunning || last.instant.duration(to: .now) < .seconds(30) { return (last.report, last.at) }
        isRunning = true
        defer { isRunning = false }
        let made = Made(report: try await audit(), at: now, instant: .now)
        last = made
        return (made.report, made.at)
    }
}
