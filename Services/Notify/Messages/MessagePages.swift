import Contracts
import Foundation
import Web

/// The list of messages.
struct MessageListPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let table: Table

    init(
        _ page: PageOf<MessageRowView>,
        _ filter: ShowMessages.Filter,
        counts: [MessageState: Int],
        _ viewer: Viewer
    ) {
        header = PageHeader(
            viewer.text("messages.title"),
            sub: viewer.text("messages.sub"),
            actions: (viewer.principal?.isOne(of: StrangerPages.readers) == true
                ? [Action(viewer.text("texts.title"), "/notify/texts")] : [])
                + [Action(viewer.text("templates.title"), "/notify/templates")]
        )
        filters = MessageListPage.filters(filter, counts, viewer)
        table = Table(
            viewer.text("messages.caption"),
            ["about", "to", "channel", "state", "when"].map { Table.Column(viewer.text("messages.\($0)")) },
            page.items.map(\.row),
            pager: Pager(
                next: page.nextCursor.map { "/notify/messages?" + filter.query + "cursor=\($0)" }
            ),
            empty: Empty(viewer.text("messages.empty"), viewer.text("messages.empty-text"))
        )
    }

    private static func filters(
        _ filter: ShowMessages.Filter,
        _ counts: [MessageState: Int],
        _ viewer: Viewer
    ) -> [FilterLink] {
        var all = filter
        (all.state, all.channel) = (nil, nil)
        let everything = FilterLink(
            viewer.text("common.all"),
            "/notify/messages?" + all.query,
            isCurrent: filter == all
        )
        let states = MessageState.allCases.filter { $0 != .sending }.map { state in
            var one = all
            one.state = state
            let count = counts[state].map { "\($0)" }
            return FilterLink(
                viewer.text("message-state.\(state.rawValue)"),
                "/notify/messages?" + one.query,
                count: count,
                isCurrent: filter.state == state
            )
        }
        let channels = Channel.allCases.map { channel in
            var one = all
            one.channel = channel
            return FilterLink(
                viewer.text("message-channel.\(channel.rawValue)"),
                "/notify/messages?" + one.query,
                isCurrent: filter.channel == channel
            )
        }
        return [everything] + states + channels
    }
}

extension ShowMessages.Filter {
    /// The filter as the beginning of a query, so that a list can be shared: empty or with `&` at its end.
    var query: String {
        var parts: [String] = []
        if let uid { parts.append("uid=\(uid)&") }
        if let state { parts.append("state=\(state.rawValue)&") }
        if let audience { parts.append("audience=\(audience.wire)&") }
        if let channel { parts.append("channel=\(channel.rawValue)&") }
        return parts.joined()
    }
}

/// One message in the list.
struct MessageRowView: Sendable, Encodable {
    let row: Table.Row
    let cursor: Cursor

    init(_ row: MessageRow, _ viewer: Viewer) {
        let message = row.message
        let reason = MessageWords.reason(row, viewer)
        self.row = Table.Row(
            id: "\(message.id)",
            href: "/notify/messages/\(message.id)",
            [
                .text(MessageWords.template(message.template, viewer), sub: message.text.subject.nilIfEmpty),
                .text(row.name ?? viewer.text("messages.unnamed")),
                .text(viewer.text("message-channel.\(message.channel.rawValue)")),
                .badge(MessageWords.badge(message.state, viewer), sub: reason),
                .time(viewer.time(message.createdAt)),
            ]
        )
        cursor = Cursor(message.createdAt, message.id.uuid)
    }

    /// Only what ``PageOf`` asks for; the row is rendered, never sent.
    func encode(to encoder: any Encoder) throws { try row.id.encode(to: encoder) }
}

extension String {
    var nilIfEmpty: String? { isEmpty ? nil : self }
}
