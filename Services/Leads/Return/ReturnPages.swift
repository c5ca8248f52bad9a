import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import Web

/// What marketing cost and brought: figures, a chart and a table, each figure with the leads behind it.
struct ReturnPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let touches: [FilterLink]
    let from: Field
    let to: Field
    let touch: String
    /// The only channel that is looked at, with the way back to all of them.
    let only: FilterLink?
    let channel: String?
    let stats: [Stat]
    let chart: Chart?
    let course: Course?
    /// By channel and campaign; nil where there is none.
    let lines: Lines?
    let empty: Empty
    let outcomes: Table
    let notes: [String]

    /// Drawn by the script; the table beside it says the same.
    struct Chart: Sendable {
        let label: String
        let data: String
    }

    /// The same, step by step.
    struct Course: Sendable {
        let heading: String
        let chart: Chart?
        let lines: Lines
    }

    /// A table of figures.
    struct Lines: Sendable {
        let caption: String
        let columns: [Table.Column]
        let rows: [Row]

        /// The first column is what a line is of, the others are its figures.
        init(_ caption: String, _ columns: [String], _ rows: [Row]) {
            self.caption = caption
            self.columns = columns.enumerated().map { Table.Column($1, isNumeric: $0 > 0) }
            self.rows = rows
        }
    }

    struct Row: Sendable {
        /// The channel, or the step of the period.
        let title: String
        /// The page of this line alone.
        let href: String?
        var campaign: String?
        var isTotal = false
        let figures: [Figure]
    }

    struct Figure: Sendable {
        let label: String
        let text: String
        let href: String?
    }
}

struct ReturnPages: Sendable {
    static let readers: [Role] = [.marketing, .manager, .head]

    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("return") { request, context in try await show(request, context) }
        group.get("return/table.csv") { request, context in try await table(request, context) }
        group.get("api/v1/return") { request, context in try await api(request, context) }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ReturnPages.readers)
        let viewer = pages.viewer(context)
        let (query, figures, titles) = try await figures(request, viewer)
        let view = ReturnView(query: query, figures: figures, titles: titles, viewer: viewer)
        return try pages.page(
            "return",
            view.page,
            .init(
                title: viewer.text("return.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func table(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ReturnPages.readers)
        let viewer = pages.viewer(context)
        let (query, figures, titles) = try await figures(request, viewer)
        let view = ReturnView(query: query, figures: figures, titles: titles, viewer: viewer)
        let name = "return-\(query.period.from.text)-\(query.period.to.text).csv"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: view.csv))
        )
    }

    private func api(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ReturnPages.readers)
        let (query, figures, _) = try await figures(request, pages.viewer(context))
        return try .json(ReturnAnswer(query, figures))
    }

    private func figures(
        _ request: Request,
        _ viewer: Viewer
    ) async throws -> (ReturnQuery, ReturnFigures, ReturnTitles) {
        let today = Day(viewer.now, in: viewer.zone)
        let query = try ReturnQuery(request, today: today)
        return try await app.spine.read { tx in
            let channels = try await ChannelRecordStore(tx).all(on: today)
            let campaigns = try await CampaignStore(tx).all()
            return (
                query, try await ReturnQueryStore(tx).figures(query.period, touch: query.touch, channel: query.channel),
                ReturnTitles(
                    channels: Dictionary(channels.map { ($0.channel.name, $0.label(viewer)) }) { first, _ in first },
                    campaigns: Dictionary(campaigns.map { ($0.key, $0.title ?? $0.key) }) { first, _ in first }
                )
            )
        }
    }
}

/// What channels and campaigns are called.
struct ReturnTitles: Sendable {
    let channels: [String: String]
    let campaigns: [String: String]
}
