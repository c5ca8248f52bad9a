import HTTPTypes
public import Hummingbird

/// 201: a new thing, and where it is.
public struct Created<Body: Encodable & Sendable>: ResponseGenerator, Sendable {
    public let body: Body
    public let location: String?

    public init(_ body: Body, location: String? = nil) {
        self.body = body
        self.location = location
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try Response.json(body, status: .created)
        response.headers[.location] = location
        return response
    }
}

/// 202: taken for good, to be dealt with soon.
public struct Accepted<Body: Encodable & Sendable>: ResponseGenerator, Sendable {
    public let body: Body

    public init(_ body: Body) {
        self.body = body
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        try Response.json(body, status: .accepted)
    }
}
