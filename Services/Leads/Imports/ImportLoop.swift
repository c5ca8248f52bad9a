import Foundation
import Logging
import Messaging
import Policies
import Postgres
import ServiceLifecycle

/// Goes on with whatever import is under way, also after a restart and with what another replica has left.
struct ImportLoop: Service {
    let advance: AdvanceImport
    /// Poked when somebody has ordered something.
    let signal: Signal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pace = Pace()
            var cleared = Date.distantPast
            var policy = ImportPolicy.standard
            while !Task.isCancelled {
                do {
                    let now = advance.spine.clock.now
                    if now.timeIntervalSince(cleared) > 3_600 {
                        policy = try await current()
                        try await clear(now, policy)
                        cleared = now
                    }
                    let limit = pace.isNarrow ? 1 : policy.atOnce
                    let file = try await advance(atMost: limit, refusing: pace.isRefusing)
                    pace.went()
                    guard file == nil else { continue }
                    await signal.wait(atMost: .seconds(2))
                    policy = try await current()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("import: will try again", metadata: ["error": "\(error)"])
                    if (error as? PostgresError)?.retry == .never { pace.failed() }
                    await signal.wait(atMost: .seconds(1))
                }
            }
        }
    }

    private func current() async throws -> ImportPolicy {
        try await advance.spine.read { try await PolicyStore($0).current(ImportPolicy.self) }.value
    }

    /// Files are kept as long as somebody may want to have what became of their rows.
    private func clear(_ now: Date, _ policy: ImportPolicy) async throws {
        let kept = policy.keptSeconds
        try await advance.spine.perform(Cause(actor: "system")) { work in
            try await ImportStore(work.tx).giveUp(idleSince: now.addingTimeInterval(-max(kept, 86_400)), now: now)
            try await ImportFileStore(work.tx).removeOld(endedBefore: now.addingTimeInterval(-kept))
        }
    }

    /// How many rows are dealt with at once.
    ///
    /// Where a batch cannot be stored its rows go one by one, and the one that cannot is refused, so that it stops no other.
    struct Pace {
        static let narrowed = 1_000

        private(set) var isNarrow = false
        private(set) var isRefusing = false
        private var left = 0

        mutating func went() {
            isRefusing = false
            left -= 1
            if left <= 0 { isNarrow = false }
        }

        mutating func failed() {
            isRefusing = isNarrow
            isNarrow = true
            left = Self.narrowed
        }
    }
}
