import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Web

extension WebContext {
    /// How far the person who asks sees.
    func access() throws -> Access {
        Access(try requirePrincipal())
    }

    /// The person who asks, as the cause of what follows.
    func cause() throws -> Cause { .staff(StaffID(try requirePrincipal().staffID), correlationID: requestID) }

    /// A path parameter as an id.
    func id<Kind>(_ parameter: String, as: Identifier<Kind>.Type = Identifier<Kind>.self) throws -> Identifier<Kind> {
        Identifier(try uuid(parameter))
    }
}

extension Request {
    /// The body as JSON, with its bytes; what is wrong with it is a rejection that names the field.
    func json<Input: Decodable>(
        _ type: Input.Type,
        _ context: WebContext
    ) async throws -> (input: Input, bytes: [UInt8]) {
        let media = headers[.contentType]?.lowercased() ?? "application/json"
        guard media.hasPrefix("application/"), media.contains("json") else {
            throw HTTPError(.unsupportedMediaType, message: "Send application/json.")
        }
        let buffer = try await body.collect(upTo: context.maxUploadSize)
        let bytes = Array(buffer.readableBytesView)
        return (try decodeStrictly(type, from: bytes), bytes)
    }
}

extension SalesApp {
    /// A request that makes something: with an Idempotency-Key it is done once, however often it is sent.
    func create<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ request: Request,
        _ context: WebContext,
        from type: Input.Type,
        status: HTTPResponse.Status = .created,
        _ body: @Sendable @escaping (Input, Access, Work) async throws -> Output
    ) async throws -> Response {
        let access = try context.access()
        let (input, bytes) = try await request.json(type, context)
        let answer = try await spine.once(
            try context.cause(),
            scope: "staff:\(access.staffID) POST \(request.uri.path)",
            key: try request.idempotencyKey(),
            digest: Digest.of(bytes)
        ) { work in
            let output = try await body(input, access, work)
            return StoredAnswer(status: status.code, json: Array(try Wire.encoder.encode(output)))
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.json))
        )
    }
}
