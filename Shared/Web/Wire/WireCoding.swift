import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// The one way in which JSON is written and read: RFC 3339 in UTC with milliseconds, UUIDs in lower case.
enum Wire {
    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(of: date))
        }
        return encoder
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = date(of: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
            }
            return date
        }
        return decoder
    }

    static func text(of date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func date(of text: String) -> Date? {
        (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle()))
    }
}

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
        do {
            return try Wire.decoder().decode(T.self, from: Data(buffer.readableBytesView))
        } catch let error as DecodingError {
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
        let data = try Wire.encoder().encode(value)
        return Response(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
