import Contracts
import Foundation
import Hummingbird
import Web

/// The bell and the notices behind it.
struct InboxRoutes: Sendable {
    let app: NotifyApp
    let pages: Pages
    var feed = LiveFeed()

    /// The topic of one person's notices.
    static func topic(of staff: StaffID) -> String { "inbox:\(staff)" }

    func add(to group: RouterGroup<WebContext>) {
        group.get("inbox") { try await list($0, $1) }
        group.get("inbox/:id") { try await open($0, $1) }
        group.post("inbox/read") { try await readAll($0, $1) }
        group.get("fragments/bell") { try await bell($0, $1) }
        group.get("live") { _, context in
            feed.response(topics: [InboxRoutes.topic(of: StaffID(try context.requirePrincipal().staffID))])
        }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = StaffID(try context.requirePrincipal().staffID)
        let viewer = pages.viewer(context)
        let slice = try request.slice()
        let notices = try await app.inbox.list(of: who, slice)
        let page = PageOf(notices.map { NoticeView($0, viewer) }, slice, cursor: \.cursor)
        let view = InboxPage(page, unread: try await app.inbox.unread(of: who), viewer)
        return try pages.page("inbox", view, PageHead(title: viewer.text("inbox.title")), for: context)
    }

    /// Opening a notice marks it as read and goes on to what it is about.
    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = StaffID(try context.requirePrincipal().staffID)
        let link = try await app.inbox.open(MessageID(try context.uuid("id")), of: who)
        return .seeOther(link ?? "/notify/inbox")
    }

    private func readAll(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = StaffID(try context.requirePrincipal().staffID)
        try await app.inbox.markAllRead(of: who)
        return .seeOther("/notify/inbox", flash: Flash(.done, pages.viewer(context).text("inbox.all-read")))
    }

    private func bell(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = StaffID(try context.requirePrincipal().staffID)
        let view = BellView(unread: try await app.inbox.unread(of: who), pages.viewer(context))
        return try pages.fragment("bell", view, for: context)
    }
}

/// The bell of the top bar.
struct BellView: Sendable {
    let label: String
    /// Absent when there is nothing new.
    let unread: String?

    init(unread: Int, _ viewer: Viewer) {
        label = viewer.text("inbox.count", count: unread)
        self.unread = unread == 0 ? nil : unread > 99 ? "99+" : "\(unread)"
    }
}

/// The notices of whoever is signed in.
struct InboxPage: Sendable {
    let header: PageHeader
    let table: Table

    init(_ page: PageOf<NoticeView>, unread: Int, _ viewer: Viewer) {
        let readAll = Action(viewer.text("inbox.read-all"), "/notify/inbox/read", isPost: true)
        header = PageHeader(
            viewer.text("inbox.title"),
            sub: viewer.text("inbox.count", count: unread),
            actions: unread > 0 ? [readAll] : []
        )
        table = Table(
            viewer.text("inbox.caption"),
            [Table.Column(viewer.text("inbox.notice")), Table.Column(viewer.text("inbox.when"))],
            page.items.map(\.row),
            pager: Pager(next: page.nextCursor.map { "/notify/inbox?cursor=\($0)" }),
            empty: Empty(viewer.text("inbox.empty"), viewer.text("inbox.empty-text"))
        )
    }
}

/// One notice in the list.
struct NoticeView: Sendable, Encodable {
    let row: Table.Row
    let cursor: Cursor

    init(_ notice: Inbox.Notice, _ viewer: Viewer) {
        row = Table.Row(
            id: "\(notice.id)",
            href: "/notify/inbox/\(notice.id)",
            isNew: !notice.isRead,
            [.text(notice.text.subject, sub: notice.text.body), .time(viewer.time(notice.at))]
        )
        cursor = Cursor(notice.at, notice.id.uuid)
    }

    /// Only what ``PageOf`` asks for; the row is rendered, never sent.
    func encode(to encoder: any Encoder) throws { try row.id.encode(to: encoder) }
}
