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
    let stats: [Stat]
    let chart: Chart?
    let columns: [Table.Column]
    let rows: [Row]
    let isEmpty: Bool
    let empty: Empty
    let outcomes: Table
    let notes: [String]

    /// Bars by channel, drawn by the script; the table beside it says the same.
    struct Chart: Sendable {
        let label: String
        let data: String
    }

    struct Row: Sendable {
        let channel: String
        let campaign: String
        let isTotal: Bool
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

    private struct Answer: Encodable {
        let from: String
        let to: String
        let touch: String
        let lines: [Line]
        let waiting: Int

        struct Line: Encodable {
            let channel: String
            let campaign: String?
            let leads: Int
            let valid: Int
            let contacted: Int
            let visited: Int
            let won: Int
            let costMinor: Int64
            let revenueMinor: Int64
        }
    }

    private func api(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ReturnPages.readers)
        let (query, figures, _) = try await figures(request, pages.viewer(context))
        let lines = figures.lines.map { line in
            Answer.Line(
                channel: line.channel,
                campaign: line.campaign.isEmpty ? nil : line.campaign,
                leads: line.leads,
                valid: line.valid,
                contacted: line.contacted,
                visited: line.visited,
                won: line.won,
                costMinor: line.cost,
                revenueMinor: line.revenue
            )
        }
        return try .json(
            Answer(
                from: query.period.from.text,
                to: query.period.to.text,
                touch: query.touch,
                lines: lines,
                waiting: figures.waiting
            )
        )
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
                query, try await ReturnQueryStore(tx).figures(query.period, touch: query.touch),
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
