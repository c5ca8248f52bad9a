import AMQP
import Contracts
import Hummingbird
import Messaging
import Web

/// What every service answers to its operators: dead letters, what waits, and the development clock.
struct OperationsRoutes: Sendable {
    private let ground: Ground
    private let inlets: [InletServices]
    private let letters: DeadLetters

    init(_ ground: Ground, inlets: [InletServices]) {
        self.ground = ground
        self.inlets = inlets
        letters = DeadLetters(ground.spine)
    }

    func add(to router: Router<WebContext>) {
        let service = ground.spine.service
        let api = router.group("\(service)/api/v1")
        DeadLetterRoutes(letters: letters).add(to: api)
        if ground.settings.isDevelopment { ClockRoutes(spine: ground.spine).add(to: api) }
        addPages(to: router.group("\(service)/operations"), service)
    }

    private func addPages(to group: RouterGroup<WebContext>, _ service: String) {
        let pages = ground.pages
        group.get { _, context in
            try context.requireRole(.admin)
            let viewer = pages.viewer(context)
            let page = OperatorPage(
                service: service,
                backlog: try await ground.spine.backlog(),
                connections: troubles(),
                letters: try await letters.list(),
                viewer
            )
            return try pages.page(
                "operations",
                page,
                PageHead(title: viewer.text("nav.operations"), section: .operations),
                for: context
            )
        }
        group.get(":id") { _, context in
            try context.requireRole(.admin)
            let viewer = pages.viewer(context)
            let letter = try await letters.show(try context.uuid("id"))
            let head = PageHead(
                title: viewer.text("operations.letter"),
                section: .operations,
                crumbs: [Crumb(viewer.text("nav.operations"), "/\(service)/operations")]
            )
            return try pages.page("dead-letter", DeadLetterPage(service: service, letter, viewer), head, for: context)
        }
        group.post(":id/replay") { request, context in
            let who = try context.requireRole(.admin)
            let form = try await request.form(context)
            let id = try context.uuid("id")
            let letter = try await letters.show(id)
            // Browsers send line ends as CR LF; a body that was not touched is replayed byte by byte.
            let text = form["body"].replacing("\r\n", with: "\n")
            let isEdited = !text.isEmpty && text != String(decoding: letter.body, as: UTF8.self)
            try await letters.replay(
                id,
                editedBody: isEdited ? Array(text.utf8) : nil,
                by: "staff:\(who.staffID.wire)"
            )
            return Response.seeOther(
                "/\(service)/operations",
                flash: Flash(.done, pages.viewer(context).text("operations.replayed"))
            )
        }
        group.post(":id/discard") { request, context in
            let who = try context.requireRole(.admin)
            let form = try await request.form(context)
            try await letters.discard(try context.uuid("id"), note: form["note"], by: "staff:\(who.staffID.wire)")
            return Response.seeOther(
                "/\(service)/operations",
                flash: Flash(.done, pages.viewer(context).text("operations.discarded"))
            )
        }
    }

    /// What is wrong with the broker's connections; empty when all is well.
    private func troubles() -> [String] {
        inlets.compactMap { inlet in
            switch inlet.state() {
            case .running: nil
            case .blocked(let reason), .topologyDrift(let reason): reason
            case .connecting(_, let error): error ?? "…"
            case .closed: "closed"
            }
        }
    }
}
