import HTTPTypes
public import Hummingbird

extension Response {
    /// A file of comma-separated values that is written while it is sent.
    ///
    /// `name` is plain ASCII.
    public static func csv(
        named name: String,
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        file("text/csv; charset=utf-8", named: name, write)
    }

    /// A file of JSON that is written while it is sent.
    ///
    /// `name` is plain ASCII.
    public static func json(
        named name: String,
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        file("application/json; charset=utf-8", named: name, write)
    }

    private static func file(
        _ type: String,
        named name: String,
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        let headers: HTTPFields = [
            .contentType: type,
            .contentDisposition: "attachment; filename=\"\(name)\"",
            .cacheControl: "no-store",
        ]
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
            }
        )
    }
}
