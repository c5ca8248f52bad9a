import Hummingbird
import NIOCore
import TestSupport
import Web

/// Serves HTTP while `body` runs, on a port that the system has chosen, so that nobody else has it.
func listening<Responder: HTTPResponder<WebContext>>(
    _ responder: Responder,
    _ body: (Int) async throws -> Void
) async throws {
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let web = Application(
        responder: responder,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in running.yield(channel.localAddress?.port ?? 0) },
        logger: testLogger("web")
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { running.finish() }
            try await web.run()
        }
        var started = ports.makeAsyncIterator()
        guard let port = await started.next() else {
            try await group.waitForAll()  // says why it did not start
            return
        }
        try await body(port)
        group.cancelAll()
    }
}
