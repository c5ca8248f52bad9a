import Contracts
public import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore
public import ServiceLifecycle
import Synchronization

/// Sends what happens to the pages that are open (server-sent events).
///
/// A page that reads too slowly loses the oldest events, never the server's memory: pages are also right after a reload.
public final class LiveFeed: Service {
    /// One thing to send.
    struct Event: Sendable {
        let topic: String
        let text: String
    }

    private struct Reader {
        let topics: Set<String>
        let sight: Sight
        let continuation: AsyncStream<String>.Continuation

        func hears(_ topic: String, about record: Belonging?) -> Bool {
            topics.contains(topic) && (record.map(sight.sees) ?? true)
        }
    }

    private struct State {
        var readers: [UInt64: Reader] = [:]
        var next: UInt64 = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let buffered: Int
    private let keepAlive: Duration

    /// At most `buffered` events wait for one page; every `keepAlive` a comment keeps proxies from closing the connection.
    public init(buffered: Int = 64, keepAlive: Duration = .seconds(15)) {
        self.buffered = buffered
        self.keepAlive = keepAlive
    }

    /// Sends HTML: a new row for a list.
    ///
    /// `id` names the element that it replaces where the page has it already. `record` is what it tells of: only pages
    /// whose viewer sees that hear of it; nil is for everybody who is signed in.
    public func publish(_ topic: String, id: String, html: String, about record: Belonging?) {
        send(topic, #"{"id":\#(Self.quoted(id)),"html":\#(Self.quoted(html))}"#, record)
    }

    /// Sends JSON, for the page's script to do something with.
    ///
    /// `record` is what it tells of, as above.
    public func publish(_ topic: String, json: some Encodable, about record: Belonging?) throws {
        send(topic, String(decoding: try Wire.encoder.encode(json), as: UTF8.self), record)
    }

    /// How many pages are listening.
    public var readerCount: Int { state.withLock { $0.readers.count } }

    /// The answer that goes on until the page is closed, its viewer leaves or the service stops.
    public func response(topics: Set<String>, for sight: Sight) -> Response {
        let body = ResponseBody { writer in
            let (id, stream) = self.open(topics, for: sight)
            defer { self.close(id) }
            try await withGracefulShutdownHandler {
                try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                for await text in stream {
                    try await writer.write(ByteBuffer(string: text))
                }
                try await writer.finish(nil)
            } onGracefulShutdown: {
                self.close(id)
            }
        }
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .accelBuffering: "no",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Keeps the connections alive until the service stops, then ends them.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: self.keepAlive)) != nil {
                for reader in self.everyReader { reader.yield(": still here\n\n") }
            }
        }
        let readers = everyReader
        state.withLock {
            $0.isOver = true
            $0.readers = [:]
        }
        for reader in readers { reader.finish() }
    }

    /// Ends what a member of staff has open: their sign-in no longer counts.
    public func dismiss(_ staffID: UUID) {
        let leaving = state.withLock { state in
            let ids = state.readers.filter { $0.value.sight.staffID == staffID }.keys
            return ids.compactMap { state.readers.removeValue(forKey: $0) }
        }
        for reader in leaving { reader.continuation.finish() }
    }

    /// The events of these topics that are about what `sight` sees, from now on, in the wire format.
    func open(_ topics: Set<String>, for sight: Sight) -> (id: UInt64, stream: AsyncStream<String>) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .bufferingNewest(buffered)
        )
        let id = state.withLock { state in
            state.next += 1
            guard !state.isOver else { return state.next }
            state.readers[state.next] = Reader(topics: topics, sight: sight, continuation: continuation)
            return state.next
        }
        if state.withLock({ $0.isOver }) { continuation.finish() }
        return (id, stream)
    }

    func close(_ id: UInt64) {
        state.withLock { $0.readers.removeValue(forKey: id) }?.continuation.finish()
    }

    private func send(_ topic: String, _ data: String, _ record: Belonging?) {
        let text = "event: \(topic)\ndata: \(data)\n\n"
        let readers = state.withLock { $0.readers.values.filter { $0.hears(topic, about: record) } }
        for reader in readers { reader.continuation.yield(text) }
    }

    private var everyReader: [AsyncStream<String>.Continuation] {
        state.withLock { $0.readers.values.map(\.continuation) }
    }

    /// A JSON string, which never holds a line break: those would end the event.
    private static func quoted(_ text: String) -> String {
        // A string always encodes.
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
