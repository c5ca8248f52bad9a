import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// The texts that are nobody's: somebody has to read them and see who it is.
struct StrangerPages: Sendable {
    static let readers: [Role] = [.manager, .head, .marketing]

    let app: NotifyApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("texts") { request, context in try await list(request, context) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: StrangerPages.readers)
        let viewer = pages.viewer(context)
        let slice = try request.slice()
        let after = try slice.after?.timeAndID()
        let found = try await app.spine.read { tx in
            try await IncomingTextStore(tx).strangers(after: after, limit: slice.limit)
        }
        let page = PageOf(found.map { StrangerView($0, viewer) }, slice, cursor: \.cursor)
        let crumb = Crumb(viewer.text("messages.title"), "/notify/messages")
        return try pages.page(
            "texts",
            StrangerListPage(page, viewer),
            PageHead(title: viewer.text("texts.title"), section: .messages, crumbs: [crumb]),
            for: context
        )
    }
}

/// The list of texts that are nobody's.
struct StrangerListPage: Sendable {
    let header: PageHeader
    let table: Table

    init(_ page: PageOf<StrangerView>, _ viewer: Viewer) {
        header = PageHeader(viewer.text("texts.title"), sub: viewer.text("texts.sub"))
        table = Table(
            viewer.text("texts.caption"),
            ["from", "words", "when"].map { Table.Column(viewer.text("texts.\($0)")) },
            page.items.map(\.row),
            pager: Pager(next: page.nextCursor.map { "/notify/texts?cursor=\($0)" }),
            empty: Empty(viewer.text("texts.empty"), viewer.text("texts.empty-text"))
        )
    }
}

/// One text of somebody unknown, with the whole number: whoever reads it has to call there.
struct StrangerView: Sendable, Encodable {
    let row: Table.Row
    let cursor: Cursor

    init(_ text: IncomingTextStore.Stranger, _ viewer: Viewer) {
        let number = text.phone.map { viewer.phone($0, masked: false) } ?? viewer.text("messages.unnamed")
        row = Table.Row(
            id: text.id.wire,
            href: text.phone.map { "tel:\($0)" } ?? "/notify/texts",
            [
                .text(number, sub: viewer.word("rule", text.why.rule.replacing(".", with: "-"))),
                .text(text.words), .time(viewer.time(text.at)),
            ]
        )
        cursor = Cursor(text.at, text.id)
    }

    /// Only what ``PageOf`` asks for; the row is rendered, never sent.
    func encode(to encoder: any Encoder) throws { try row.id.encode(to: encoder) }
}
