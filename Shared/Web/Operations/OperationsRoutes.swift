import CoreMetrics
import HTTPTypes
import Hummingbird
import NIOCore

/// Something without which the service cannot do its work.
public struct ReadinessCheck: Sendable {
    public let name: String
    let body: @Sendable () async throws -> String?

    /// The check passes unless `body` throws; the error's description is the reason that is shown to operators.
    public init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = {
            try await body()
            return nil
        }
    }

    /// A check that may pass with a warning, which `body` returns: an operator must look, but the service does its work.
    public init(mayWarn name: String, _ body: @escaping @Sendable () async throws -> String?) {
        self.name = name
        self.body = body
    }
}

/// Whether the service can do its work.
struct Readiness: Encodable, Sendable {
    struct Finding: Encodable, Sendable {
        let name: String
        let ok: Bool
        /// Why it has failed.
        let reason: String?
        /// What an operator must look at although it passes.
        var warning: String?
    }

    let status: String
    let checks: [Finding]

    var isReady: Bool { status == "ready" }

    /// Runs all checks at once; one that takes longer than `limit` has failed.
    static func find(_ checks: [ReadinessCheck], limit: Duration = .seconds(3)) async -> Readiness {
        let findings = await withTaskGroup(of: (Int, Finding).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await finding(of: check, limit: limit)) }
            }
            return await group.reduce(into: [(Int, Finding)]()) { $0.append($1) }
        }
        let sorted = findings.sorted { $0.0 < $1.0 }.map(\.1)
        return Readiness(status: sorted.allSatisfy(\.ok) ? "ready" : "unready", checks: sorted)
    }

    private struct TooSlow: Error, CustomStringConvertible {
        let description = "no answer in time"
    }

    private static func finding(of check: ReadinessCheck, limit: Duration) async -> Finding {
        do {
            let warning = try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask { try await check.body() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw TooSlow()
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            return Finding(name: check.name, ok: true, reason: nil, warning: warning)
        } catch {
            return Finding(name: check.name, ok: false, reason: String("\(error)".prefix(300)))
        }
    }
}

/// What operators and probes ask, on a port of its own that the proxy does not pass on.
enum OperationsRoutes {
    static func router(readiness: [ReadinessCheck], metrics: PrometheusRegistry?) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.get("health/live") { _, _ in
            try Response.json(["status": "live"])
        }
        router.get("health/ready") { _, _ in
            let found = await Readiness.find(readiness)
            return try Response.json(found, status: found.isReady ? .ok : .serviceUnavailable)
        }
        router.get("metrics") { _, _ in
            if let metrics {
                metrics.measureProcess()
                for finding in await Readiness.find(readiness).checks {
                    metrics.makeMeter(label: "readiness_check", dimensions: [("check", finding.name)])
                        .set(finding.ok ? 1.0 : 0.0)
                }
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics?.text() ?? ""))
            )
        }
        return router
    }
}
