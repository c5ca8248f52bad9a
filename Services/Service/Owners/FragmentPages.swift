import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// Pieces of HTML that other services' pages include.
struct FragmentPages: Sendable {
    let app: AfterSalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("fragments/today", use: today)
        group.get("fragments/search", use: search)
        group.get("fragments/person/:uid", use: person)
    }

    /// What is due, overdue first: one's own cases, or all of them for who leads the desk.
    private func today(_ request: Request, _ context: WebContext) async throws -> Response {
        // Whoever has nothing to do with after-sales sees nothing of it in their day, which is no error.
        guard let reach = try? Reach(context.requirePrincipal()) else { return Response(status: .noContent) }
        let viewer = pages.viewer(context)
        let filter = CaseFilter(show: reach.mayAct && !reach.mayLead ? .mine : .open)
        let soon = viewer.now.addingTimeInterval(7 * 86_400)
        let (cases, handovers) = try await app.spine.read { tx in
            (
                try await CaseListStore(tx, reach).lines(filter, after: nil, limit: 8, now: viewer.now),
                try await HandoverStore(tx).open(reach, after: nil, limit: 5)
            )
        }
        let due = handovers.filter { line in line.record.dueAt.map { $0 <= soon } ?? false }
        return try pages.fragment("today-fragment", TodayFragment(cases, due, viewer), for: context)
    }

    /// The cases that a search over everything finds; nothing where it finds none.
    private func search(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let reach = try? Reach(context.requirePrincipal()), let text = request.query("q") else {
            return Response(status: .noContent)
        }
        let viewer = pages.viewer(context)
        let filter = CaseFilter(show: .all, text: String(text.prefix(100)))
        let (found, names) = try await app.spine.read { tx in
            let found = try await CaseListStore(tx, reach).lines(filter, after: nil, limit: 10, now: viewer.now)
            return (found, try await StaffStore(tx).names(of: found.compactMap(\.record.ownerID)))
        }
        guard !found.isEmpty else { return Response(status: .noContent) }
        return try pages.fragment("case-search", CaseSearchView(found, names, viewer), for: context)
    }

    /// The cases and hand-overs of one customer, as far as one may see them.
    private func person(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let reach = try? Reach(context.requirePrincipal()) else { return Response(status: .noContent) }
        let viewer = pages.viewer(context)
        let uid = UID(try context.uuid("uid"))
        let (cases, handovers) = try await app.spine.read { tx in
            (
                try await CaseListStore(tx, reach)
                    .lines(CaseFilter(show: .all, uid: uid), after: nil, limit: 20, now: viewer.now),
                try await HandoverStore(tx).of(uid, reach)
            )
        }
        let view = PersonFragment(uid, cases, handovers, reach, viewer)
        return try pages.fragment("person-fragment", view, for: context)
    }
}
