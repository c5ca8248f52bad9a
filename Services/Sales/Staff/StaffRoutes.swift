import Contracts
import Foundation
import Hummingbird
import Messaging
import Web

/// What people may ask and change of themselves.
struct StaffRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/staff/me") { _, context in
            let access = try context.access()
            let staff = try await app.spine.read { try await StaffStore($0).staff(access.staffID) }
            return try Response.json(StaffAnswer(staff))
        }
        group.post("api/v1/staff/me/shift") { request, context in
            let id = try context.access().staffID
            let wish = try await request.json(Shift.self, context).input
            let staff = try await app.changeShift(
                of: id,
                isOnShift: wish.onShift,
                cause: try context.cause()
            )
            return try Response.json(StaffAnswer(staff))
        }
        group.get("fragments/shift") { _, context -> Response in
            let access = try context.access()
            let staff = try await app.spine.read { try await StaffStore($0).staff(access.staffID) }
            guard staff.role == .agent || staff.role == .manager else { return Response(status: .noContent) }
            return try pages.fragment("shift", ShiftView(staff.isOnShift, pages.viewer(context)), for: context)
        }
        group.post("me/shift") { request, context in
            let isOnShift = try await request.form(context)["onShift"] == "true"
            let id = try context.access().staffID
            _ = try await app.changeShift(of: id, isOnShift: isOnShift, cause: try context.cause())
            let words = pages.viewer(context).text(isOnShift ? "today.shift-begun" : "today.shift-ended")
            return Response.seeOther(StaffRoutes.page(before: request), flash: Flash(.done, words))
        }
    }

    /// Where the form was sent from, if that was a page of ours.
    private static func page(before request: Request) -> String {
        guard let referer = request.headers[.referer], let parts = URLComponents(string: referer) else {
            return "/sales/today"
        }
        return LocalPath(parts.path + (parts.query.map { "?\($0)" } ?? "")).description
    }

    private struct Shift: Decodable {
        let onShift: Bool
    }
}

/// Whether somebody is on shift, and the button that changes it, for the menu of every page.
struct ShiftView: Sendable {
    let text: String
    let isOnShift: Bool
    let value: String
    let label: String

    init(_ isOnShift: Bool, _ viewer: Viewer) {
        self.isOnShift = isOnShift
        text = viewer.text(isOnShift ? "today.on-shift" : "today.off-shift")
        value = isOnShift ? "false" : "true"
        label = viewer.text(isOnShift ? "today.end-shift" : "today.begin-shift")
    }
}

/// A member of staff, for programs.
struct StaffAnswer: Encodable, Sendable {
    let id: StaffID
    let name: String
    let email: String
    let role: String
    let teamId: TeamID?
    let teamName: String?
    let projects: [String]
    let districts: [String]
    let capacity: Int
    let onShift: Bool
    let language: String

    init(_ staff: Staff) {
        id = staff.id
        name = staff.name
        email = staff.email
        role = staff.role.rawValue
        teamId = staff.team?.id
        teamName = staff.team?.name
        projects = staff.projects
        districts = staff.districts
        capacity = staff.capacity
        onShift = staff.isOnShift
        language = staff.language
    }
}
