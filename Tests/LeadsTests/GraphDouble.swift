import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TestSupport

@testable import Leads

/// Meta's cloud, as far as leads are had from it: what it answers of each lead, and what it was asked.
final class GraphDouble: Sendable {
    struct Answer: Sendable {
        var status = 200
        var body: String

        /// What somebody has filled in.
        static func lead(_ id: String, name: String = "Zhang San", phone: String = "+8613812345678") -> Answer {
            Answer(
                body: """
                    {"created_time": "2026-11-22T03:04:05+0000", "id": "\(id)", "campaign_name": "autumn-2026", "field_data": [
                      {"name": "full_name", "values": ["\(name)"]}, {"name": "phone_number", "values": ["\(phone)"]}]}
                    """
            )
        }

        static func fault(_ status: Int, code: Int, subcode: Int? = nil) -> Answer {
            let more = subcode.map { #", "error_subcode": \#($0)"# } ?? ""
            let fault = #"{"message": "of Zhang San", "type": "OAuthException", "code": \#(code)\#(more)}"#
            return Answer(status: status, body: #"{"error": \#(fault)}"#)
        }
    }

    struct Question: Sendable {
        let path: String
        let fields: String
        let authorization: String
    }

    private struct State {
        var answers: [String: [Answer]] = [:]
        var asked: [Question] = []
    }

    private let state = Mutex(State())

    var asked: [Question] { state.withLock { $0.asked } }

    /// Gives these answers of a lead one after the other, the last for ever.
    func answers(_ id: String, _ answers: Answer...) { state.withLock { $0.answers[id] = answers } }

    fileprivate func answer(_ id: String, _ question: Question) -> Answer {
        state.withLock { state in
            state.asked.append(question)
            let left = state.answers[id] ?? [.fault(400, code: 100, subcode: 33)]
            if left.count > 1 { state.answers[id] = Array(left.dropFirst()) }
            return left[0]
        }
    }

    /// Serves while `body` runs, on a port that the system has chosen.
    static func open(_ body: (GraphDouble, MetaGraph) async throws -> Void) async throws {
        let double = GraphDouble()
        let router = Router()
        router.get("v23.0/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            let question = Question(
                path: request.uri.string,
                fields: request.uri.queryParameters.get("fields") ?? "",
                authorization: request.headers[.authorization] ?? ""
            )
            let answer = double.answer(id, question)
            return Response(
                status: .init(code: answer.status),
                headers: [.contentType: "application/json; charset=UTF-8"],
                body: .init(byteBuffer: ByteBuffer(string: answer.body))
            )
        }
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let web = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in running.yield(channel.localAddress?.port ?? 0) },
            logger: testLogger("graph")
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { running.finish() }
                try await web.run()
            }
            var started = ports.makeAsyncIterator()
            guard let port = await started.next() else { return try await group.waitForAll() }
            let graph = MetaGraph(url: "http://127.0.0.1:\(port)/v23.0/")
            do {
                try await body(double, graph)
            } catch {
                await graph.close()
                throw error
            }
            await graph.close()
            group.cancelAll()
        }
    }
}
