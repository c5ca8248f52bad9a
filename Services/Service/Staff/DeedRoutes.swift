import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import NIOCore
import Web

/// A request that changes something: who asks, what they may do, and the key under which it is done once.
struct Deed: Sendable {
    let reach: Reach
    let cause: Cause
    var key: String?

    /// - Throws: a ``Rejection`` for whoever may only look.
    init(_ request: Request, _ context: WebContext) throws {
        reach = try Reach(context.requirePrincipal())
        try reach.requireActing()
        cause = .staff(reach.staffID, correlationID: context.requestID)
        key = try request.idempotencyKey()
    }

    /// The same deed under the key that its form held.
    func keyed(_ key: String?) -> Deed {
        var keyed = self
        keyed.key = key.map { "form:\($0.prefix(64))" }
        return keyed
    }
}

extension Spine {
    /// Does a deed once per key: the same request again gets the same answer and changes nothing.
    func once(
        _ deed: Deed,
        _ path: String,
        _ body: some Encodable & Sendable,
        _ act: @Sendable (Work) async throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        try await once(
            deed.cause,
            scope: "staff:\(deed.reach.staffID) POST /service/api/v1/\(path)",
            key: deed.key,
            digest: Digest.of([UInt8](try Contracts.Wire.encoder.encode(body))),
            act
        )
    }
}

extension StoredAnswer {
    init(_ status: Int, _ body: some Encodable) throws {
        self.init(status: status, json: [UInt8](try Contracts.Wire.encoder.encode(body)))
    }
}

extension Response {
    /// An answer that was given before, or is given now.
    init(_ stored: StoredAnswer) {
        self.init(
            status: .init(code: stored.status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: stored.json))
        )
    }
}
