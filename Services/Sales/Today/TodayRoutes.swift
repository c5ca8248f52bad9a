import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// My day, and the search over everything.
struct TodayRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("today", use: today)
        group.get("search", use: search)
    }

    @Sendable
    private func today(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let evening = Self.evening(of: viewer.now, in: viewer.zone)
        let day = try await app.spine.read { tx in
            try await TodayStore(tx).day(
                for: access,
                now: viewer.now,
                until: evening,
                since: viewer.now.addingTimeInterval(-30 * 86_400)
            )
        }
        let page = TodayView(viewer: viewer, access: access, day: day).page
        let head = PageHead(title: viewer.text("nav.today"), section: .today)
        return try pages.page("today", page, head, for: context)
    }

    /// Until when something is due today: the end of the day in the configured zone, yet at least an hour on, or a lead
    /// that came at 23:58 and is to be called by 00:03 would be on nobody's list.
    static func evening(of now: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let midnight = calendar.dateInterval(of: .day, for: now)?.end ?? now
        return max(midnight, now.addingTimeInterval(3600))
    }

    @Sendable
    private func search(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let text = String((request.query("q") ?? "").prefix(100))
        let found = try await app.spine.read { tx in
            try await SearchStore(tx).find(text, for: access, now: viewer.now)
        }
        let page = SearchPage(viewer: viewer, access: access, text: text, found: found)
        let head = PageHead(title: viewer.text("search.title"), search: text)
        return try pages.page("search", page, head, for: context)
    }
}
