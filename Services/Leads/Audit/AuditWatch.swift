import Foundation
import Logging
import Metrics
import ServiceLifecycle

/// Audits the ledger now and then, and tells the metrics what it found.
struct AuditWatch: Service {
    let audit: AuditLedger
    /// From the end of one audit to the next; longer when an audit takes long, so that it costs a twentieth at most.
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var laws = Set(AuditLaw.all.map(\.name))
            while !Task.isCancelled {
                var pause = interval
                do {
                    let start = ContinuousClock.now
                    let report = try await audit()
                    laws.formUnion(report.breaches.map(\.law))
                    record(report, laws, took: ContinuousClock.now - start)
                    pause = max(interval, (ContinuousClock.now - start) * 20)
                } catch  where !Task.isCancelled {
                    logger.warning("audit: will try again", metadata: ["error": "\(error)"])
                } catch {
                    return
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Tells of every law that there is or was broken before, so that one that holds again is told as such.
    private func record(_ report: AuditReport, _ laws: Set<String>, took: Duration) {
        for law in laws {
            let broken = report.breaches.filter { $0.law == law }.map(\.count).reduce(0, +)
            Gauge(label: "leads_conservation_violations", dimensions: [("law", law)]).record(broken)
        }
        for breach in report.breaches {
            logger.error(
                "audit: the conservation law is broken",
                metadata: ["law": "\(breach.law)", "count": "\(breach.count)"]
            )
        }
        Gauge(label: "leads_conservation_checked_timestamp_seconds").record(Date().timeIntervalSince1970)
        Metrics.Timer(label: "leads_audit_seconds").record(duration: took)
    }
}
