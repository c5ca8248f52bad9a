import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Web

/// When the office is open, for the first-response clocks that go by it.
struct CalendarPage: Sendable {
    let header: PageHeader
    let action: String?
    let version: String
    let days: [Field]
    let more: [Field]
    let facts: [Fact]
    let error: String?
    let history: Table
}

struct CalendarPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("calendar") { _, context in try await show(context) }
        group.post("calendar") { request, context in try await change(request, context) }
    }

    private func show(
        _ context: WebContext,
        refused: (form: Web.Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.readers)
        let viewer = pages.viewer(context)
        let (present, changes, names) = try await app.spine.read { tx in
            let store = BusinessCalendarStore(tx)
            return (try await store.current(), try await store.history(limit: 50), try await StaffStore(tx).names())
        }
        let shown = ShownCalendar(present.value, refused?.form, viewer)
        let mayChange = who.isOne(of: PolicyAccess.writers)
        let view = CalendarPage(
            header: PageHeader(
                viewer.text("calendar.title"),
                sub: viewer.text("settings.version", ["version": "\(present.version)"])
            ),
            action: mayChange ? "/leads/calendar" : nil,
            version: "\(present.version)",
            days: shown.days,
            more: shown.lists + [Field("note", viewer.text("settings.note"), value: refused?.form["note"] ?? "")],
            facts: shown.facts,
            error: refused.map { viewer.refusal($0.rejection) },
            history: history(changes, names, viewer)
        )
        return try pages.page(
            "calendar",
            view,
            .init(
                title: viewer.text("calendar.title"),
                section: .settings,
                crumbs: [Crumb(viewer.text("settings.title"), "/leads/settings")]
            ),
            status: refused == nil ? .ok : .unprocessableContent,
            for: context
        )
    }

    private func history(
        _ changes: [BusinessCalendarStore.Version],
        _ names: [StaffID: String],
        _ viewer: Viewer
    ) -> Table {
        Table(
            viewer.text("settings.history"),
            ["version", "what", "who", "when"].map { Table.Column(viewer.text("settings.column.\($0)")) },
            changes.map { change in
                let week = (1...7).map {
                    "\(viewer.text("weekday.\($0)")) \(Hours.text(change.calendar.week["\($0)"] ?? []))"
                }
                return Table.Row(
                    id: "version-\(change.version)",
                    href: "#version-\(change.version)",
                    [
                        .text("\(change.version)"),
                        .text(week.joined(separator: " · "), sub: change.note),
                        .text(Cause(actor: change.changedBy).staffID.flatMap { names[$0] } ?? ""),
                        .time(viewer.time(change.changedAt)),
                    ]
                )
            },
            empty: Empty(viewer.text("settings.empty.heading"), viewer.text("settings.empty.text"))
        )
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.writers)
        let form = try await request.form(context)
        do {
            let calendar = try BusinessCalendar(form)
            let base = Int(form["version"]) ?? 0
            try await app.spine.perform(who.cause(context)) { work in
                try await app.changeCalendar(calendar, from: base, note: form.optional("note"), work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther("/leads/calendar", flash: Flash(.done, pages.viewer(context).text("settings.changed")))
    }
}

/// A calendar as fields, with what was filled in when it is shown again, and as facts for whoever may not change it.
private struct ShownCalendar {
    let days: [Field]
    let lists: [Field]
    let facts: [Fact]

    init(_ calendar: BusinessCalendar, _ form: Web.Form?, _ viewer: Viewer) {
        let hours = (1...7).map { ($0, Hours.text(calendar.week["\($0)"] ?? [])) }
        let listed = [("holidays", calendar.holidays), ("workdays", calendar.workdays)]
            .map { ($0, $1.sorted().joined(separator: "\n")) }
        days = hours.map { Field("day-\($0)", viewer.text("weekday.\($0)"), value: form?["day-\($0)"] ?? $1) }
        lists = listed.map {
            .area($0, viewer.text("calendar.\($0)"), value: form?[$0] ?? $1, hint: viewer.text("calendar.\($0)-hint"))
        }
        facts =
            (hours.map { Fact(viewer.text("weekday.\($0)"), $1) }
            + listed.map { Fact(viewer.text("calendar.\($0)"), $1) }).filter { !$0.value.isEmpty }
    }
}

extension BusinessCalendar {
    /// What a browser's form says.
    init(_ form: Web.Form) throws {
        var week: [String: [Interval]] = [:]
        for day in 1...7 {
            let hours = try Hours.read(form["day-\(day)"], field: "week/\(day)")
            if !hours.isEmpty { week["\(day)"] = hours }
        }
        func days(_ name: String) -> Set<String> {
            Set(form[name].split { $0.isNewline || ", ，".contains($0) }.map(String.init))
        }
        self.init(week: week, holidays: days("holidays"), workdays: days("workdays"))
    }
}
