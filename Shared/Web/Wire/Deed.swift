import Contracts
import Foundation
public import Hummingbird
public import Messaging
import NIOCore

/// A request that changes something: who asks, and the key under which it is done once.
public struct Deed: Sendable {
    public let who: Principal
    public let cause: Cause
    private let path: String
    private let key: String?

    /// - Throws: a ``Failures/Rejection`` for whoever is not signed in.
    public init(_ request: Request, _ context: WebContext) throws {
        who = try context.requirePrincipal()
        cause = who.cause(context)
        path = request.uri.path
        key = try request.idempotencyKey()
    }

    /// Does it once per key: the same request again gets the same answer and changes nothing.
    public func once<Answer: Encodable & Sendable>(
        _ spine: Spine,
        _ body: some Encodable & Sendable,
        status: Int = 200,
        _ act: @Sendable (Work) async throws -> Answer
    ) async throws -> Response {
        let stored = try await spine.once(
            cause,
            scope: "staff:\(who.staffID.wire) POST \(path)",
            key: key,
            digest: Digest.of([UInt8](try Contracts.Wire.encoder.encode(body)))
        ) { work in
            StoredAnswer(status: status, json: [UInt8](try Contracts.Wire.encoder.encode(try await act(work))))
        }
        return Response(
            status: .init(code: stored.status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: stored.json))
        )
    }
}

extension Principal {
    /// This person acts, in this request.
    public func cause(_ context: WebContext) -> Cause { .staff(StaffID(staffID), correlationID: context.requestID) }
}
