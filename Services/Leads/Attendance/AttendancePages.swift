import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Who works when, and how many leads each has been given.
struct AttendanceListPage: Sendable {
    let header: PageHeader
    let table: Table
}

/// One agent's hours, leaves and quota.
struct AttendancePage: Sendable {
    let header: PageHeader
    let action: String
    let days: [Field]
    let more: [Field]
    let error: String?
}

struct AttendancePages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("agents") { _, context in try await list(context) }
        group.get("agents/:id") { _, context in try await show(context) }
        group.post("agents/:id") { request, context in try await change(request, context) }
        group.get("api/v1/agents/:id/attendance") { _, context in try await answer(context) }
        group.post("api/v1/agents/:id/attendance") { request, context in try await post(request, context) }
    }

    private func list(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let viewer = pages.viewer(context)
        let now = app.spine.clock.now
        let (agents, staff) = try await app.spine.read { tx in
            (try await RosterStore(tx).everybody(at: now), try await StaffStore(tx).agents(ofTeam: who.attendanceTeam))
        }
        let roster = Dictionary(agents.map { ($0.id, $0) }) { first, _ in first }
        let rows = staff.compactMap { member in roster[member.id].map { row(member, $0, viewer) } }
        let view = AttendanceListPage(
            header: PageHeader(viewer.text("agents.title"), sub: viewer.text("agents.hint")),
            table: Table(
                viewer.text("agents.title"),
                ["name", "state", "open", "today", "served"].map {
                    Table.Column(viewer.text("agents.column.\($0)"), isNumeric: $0 == "served")
                },
                rows,
                empty: Empty(viewer.text("agents.empty.heading"), viewer.text("agents.empty.text"))
            )
        )
        return try page("agents", view, viewer.text("agents.title"), context)
    }

    private func row(_ member: StaffMember, _ agent: Agent, _ viewer: Viewer) -> Table.Row {
        let state = agent.unavailability.map { viewer.word("absence", $0.replacing(" ", with: "-")) }
        return Table.Row(
            id: member.id.description,
            href: "/leads/agents/\(member.id)",
            [
                .text(member.name, sub: member.teamName),
                .badge(Badge(state ?? viewer.text("agents.free"), state == nil ? .good : .neutral)),
                .text("\(agent.load) / \(agent.capacity)"),
                .text(agent.quota.map { "\(agent.taken) / \($0)" } ?? "\(agent.taken)"),
                .text(viewer.number(Int(agent.served))),
            ]
        )
    }

    private func show(
        _ context: WebContext,
        refused: (form: Web.Form, rejection: Rejection)? = nil
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let (member, attendance) = try await found(context)
        let words = Words(viewer: viewer, fault: refused?.rejection)
        let view = AttendancePage(
            header: PageHeader(member.name, sub: viewer.text("agents.form-hint")),
            action: "/leads/agents/\(member.id)",
            days: days(attendance, refused?.form, words),
            more: more(attendance, refused?.form, words),
            error: refused.map { viewer.refusal($0.rejection) }
        )
        return try page("agent", view, member.name, status: refused == nil ? .ok : .unprocessableContent, context)
    }

    private struct Words {
        let viewer: Viewer
        let fault: Rejection?

        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
    }

    private func days(_ attendance: Attendance, _ form: Web.Form?, _ words: Words) -> [Field] {
        (1...7).map { day in
            Field(
                "day-\(day)",
                words.viewer.text("weekday.\(day)"),
                value: form?["day-\(day)"] ?? Hours.text(attendance.week["\(day)"] ?? []),
                error: words.error("week/\(day)")
            )
        }
    }

    /// When they are away, and how many leads they have a day.
    private func more(_ attendance: Attendance, _ form: Web.Form?, _ words: Words) -> [Field] {
        let leaves = attendance.leaves.map { "\($0.first) \($0.last)" }.joined(separator: "\n")
        return [
            .area(
                "leaves",
                words.viewer.text("agents.leaves"),
                value: form?["leaves"] ?? leaves,
                hint: words.viewer.text("agents.leaves-hint"),
                error: words.error("leaves")
            ),
            Field(
                "perDay",
                words.viewer.text("agents.quota"),
                value: form?["perDay"] ?? attendance.perDay.map { "\($0)" } ?? "",
                hint: words.viewer.text("agents.quota-hint"),
                error: words.error("perDay")
            ),
        ]
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let agent = StaffID(try context.uuid("id"))
        let form = try await request.form(context)
        do {
            let attendance = try Attendance(form)
            try await app.spine.perform(who.cause(context)) { work in
                try await app.watchAttendance.change(agent, to: attendance, who.leadSight, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid {
            return try await show(context, refused: (form, rejection))
        }
        return .seeOther("/leads/agents/\(agent)", flash: Flash(.done, pages.viewer(context).text("agents.saved")))
    }

    private func answer(_ context: WebContext) async throws -> Response { try .json(try await found(context).1) }

    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: RuleRoutes.editors)
        let deed = try Deed(request, context)
        let agent = StaffID(try context.uuid("id"))
        let wish = try await request.decode(as: Attendance.self, context: context)
        return try await deed.once(app.spine, wish) { work in
            try await app.watchAttendance.change(agent, to: wish, deed.who.leadSight, work)
            return wish
        }
    }

    private func found(_ context: WebContext) async throws -> (StaffMember, Attendance) {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let id = StaffID(try context.uuid("id"))
        return try await app.spine.read { tx in
            guard let member = try await StaffStore(tx).find(id), member.role == "agent",
                who.leadSight.sees(Belonging(owners: [id.uuid], teamID: member.teamID?.uuid))
            else { throw Rejection.notFound("agent", id) }
            return (member, try await AttendanceStore(tx).find(id))
        }
    }

    private func page(
        _ template: String,
        _ view: some Sendable,
        _ title: String,
        status: HTTPResponse.Status = .ok,
        _ context: WebContext
    ) throws -> Response {
        let viewer = pages.viewer(context)
        let settings = [Crumb(viewer.text("settings.title"), "/leads/settings")]
        let agents = template == "agent" ? [Crumb(viewer.text("agents.title"), "/leads/agents")] : []
        return try pages.page(
            template,
            view,
            .init(title: title, section: .settings, crumbs: settings + agents),
            status: status,
            for: context
        )
    }
}

extension Attendance {
    /// What a browser's form says.
    init(_ form: Web.Form) throws {
        for day in 1...7 {
            let hours = try Hours.read(form["day-\(day)"], field: "week/\(day)")
            if !hours.isEmpty { week["\(day)"] = hours }
        }
        leaves = form["leaves"].split(whereSeparator: \.isNewline).map { line in
            let days = line.split(whereSeparator: \.isWhitespace).map(String.init)
            return Leave(first: days.first ?? "", last: days.last ?? "")
        }
        if let text = form.optional("perDay") {
            guard let number = Int(text) else {
                throw Rejection.invalid("perDay", "out-of-range", "The quota is a number from 0 to 1000, or empty.")
            }
            perDay = number
        }
    }
}

extension Principal {
    /// The team whose agents this person leads; nil for all.
    fileprivate var attendanceTeam: TeamID? { scope == .team ? teamID.map { TeamID($0) } : nil }
}
