public import Hummingbird

/// Tells open pages that something has changed, after every post of the group that went well.
///
/// Nothing of what changed is sent: each page asks again, and gets what its viewer may see.
public struct AnnouncesChanges: RouterMiddleware {
    public typealias Context = WebContext
    private let topic: String
    private let feed: LiveFeed

    public init(_ topic: String, on feed: LiveFeed) {
        self.topic = topic
        self.feed = feed
    }

    private struct Change: Encodable {
        let topic: String
    }

    public func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        if request.method != .get, response.status.code < 400 {
            // A text always encodes.
            try? feed.publish(topic, json: Change(topic: topic))
        }
        return response
    }
}
