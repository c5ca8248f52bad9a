import AMQP
import Contracts
import Hummingbird
import Messaging
import Web

/// What a service answers to its operators: how it stands, its dead letters, and the development clock.
struct OperationsRoutes: Sendable {
    let spine: Spine
    let pages: Pages
    let isDevelopment: Bool
    /// What the connection that publishes does now.
    let publishing: @Sendable () -> ConnectionState
    let queues: @Sendable () -> [QueueState]
    /// What the service itself has to show.
    var figures: @Sendable (Viewer) async throws -> [OperationsFigure] = { _ in [] }
    let letters: DeadLetters

    func add(to router: Router<WebContext>) {
        let service = spine.service
        let api = router.group("\(service)/api/v1")
        DeadLetterRoutes(letters: letters).add(to: api)
        if isDevelopment { ClockRoutes(spine: spine).add(to: api) }
        router.get("\(service)/operations") { try await page($0, $1) }
        router.get("\(service)/fragments/operations") { try await fragment($0, $1) }
        LetterPages(service: service, pages: pages, letters: letters).add(to: router.group("\(service)/operations"))
    }

    /// The page shows all four services: its own at once, the others as they answer.
    private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(.admin)
        let viewer = pages.viewer(context)
        return try pages.page(
            "operations",
            OperationsPage(own: try await part(viewer), viewer),
            PageHead(title: viewer.text("nav.operations"), section: .operations),
            for: context
        )
    }

    private func fragment(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(.admin)
        return try pages.fragment("operations-part", try await part(pages.viewer(context)), for: context)
    }

    private func part(_ viewer: Viewer) async throws -> OperationsPart {
        let state = try await spine.state()
        let queues = queues()
        return OperationsPart(
            service: spine.service,
            state,
            queues: queues,
            needs: state.needs(publishing: publishing(), queues: queues),
            figures: try await figures(viewer),
            viewer
        )
    }
}
