import Contracts
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// Reads request bodies; what is wrong with one is a 422 that names the field.
public struct WireDecoder: RequestDecoder {
    public func decode<T: Decodable>(
        _ type: T.Type,
        from request: Request,
        context: some RequestContext
    ) async throws -> T {
        let media = request.headers[.contentType]?.lowercased() ?? "application/json"
        guard media.hasPrefix("application/") && media.contains("json") else {
            throw HTTPError(.unsupportedMediaType, message: "Send application/json.")
        }
        let buffer = try await request.body.collect(upTo: context.maxUploadSize)
        let body = Array(buffer.readableBytesView)
        try JSONShape.check(body)
        do {
            return try Wire.decoder.decode(T.self, from: Data(body))
        } catch let error as DecodingError {
            // The decoder names no field for what is not JSON at all.
            if case .dataCorrupted = error, let fault = JSONFault.first(in: body) { throw fault.rejection }
            throw error.rejection
        }
    }
}

/// Writes answers.
public struct WireEncoder: ResponseEncoder {
    public func encode(
        _ value: some Encodable,
        from request: Request,
        context: some RequestContext
    ) throws -> Response {
        try Response.json(value)
    }
}

extension Response {
    /// An answer in JSON.
    public static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        type: String = "application/json"
    ) throws -> Response {
        let data = try Wire.encoder.encode(value)
        return Response(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
