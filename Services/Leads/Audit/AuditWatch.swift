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
            while !Task.isCancelled {
                var pause = interval
                do {
                    let start = ContinuousClock.now
                    record(try await audit(), took: ContinuousClock.now - start)
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

    private func record(_ report: AuditReport, took: Duration) {
        for law in AuditLaw.all {
            let broken = report.breaches.first { $0.law == law.name }?.count ?? 0
            Gauge(label: "leads_conservation_violations", dimensions: [("law", law.name)]).record(broken)
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
