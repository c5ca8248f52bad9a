import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Goes on fetching what platforms have named, also after a restart and what another replica has left.
struct FetchLoop: Service {
    let fetch: FetchLeads
    /// Poked when something was posted or is to be tried again.
    let signal: Signal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var cleared = Date.distantPast
            while !Task.isCancelled {
                do {
                    let now = fetch.spine.clock.now
                    if now.timeIntervalSince(cleared) > 3_600 {
                        try await clear(now)
                        cleared = now
                    }
                    if try await fetch() == 0 { await signal.wait(atMost: .seconds(2)) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("fetching leads: will try again", metadata: ["error": "\(error)"])
                    await signal.wait(atMost: .seconds(1))
                }
            }
        }
        await fetch.graph?.close()
    }

    private func clear(_ now: Date) async throws {
        try await fetch.spine.perform(Cause(actor: "system")) { work in
            try FetchStore(work.tx).removeOld(before: now.addingTimeInterval(-PlatformFetch.kept))
        }
    }
}
