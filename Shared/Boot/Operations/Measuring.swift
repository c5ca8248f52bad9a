import Logging
import ServiceLifecycle

/// Lets a service count what its business metrics tell, every quarter of a minute.
///
/// Counting may cost a twentieth of the time at most: where it takes long, it is done less often.
struct Measuring<Lintel: LintelService>: Service {
    let service: Lintel
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Duration.seconds(15)
                do {
                    let start = ContinuousClock.now
                    try await service.measure()
                    pause = max(pause, (ContinuousClock.now - start) * 20)
                } catch  where !Task.isCancelled {
                    logger.warning("metrics: could not count, will try again", metadata: ["error": "\(error)"])
                } catch {
                    return
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}
