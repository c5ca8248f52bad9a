import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The pages of customers.
struct CustomerRoutes: Sendable {
    let app: SalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("customers", use: list)
        group.get("customers/:uid") { request, context in try await show(context) }
        group.post("customers/:uid/contacts", use: logContact)
        group.post("customers/:uid/deals", use: openDeal)
    }

    @Sendable
    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let slice = try request.slice()
        var query = try CustomerQuery(request)
        query.limit = slice.limit + 1
        if let place = try slice.after?.timeAndID() { query.after = (activeAt: place.time, uid: place.id) }
        let asked = query
        let (found, overdue, names) = try await app.spine.read { tx in
            let list = CustomerListStore(tx)
            let found = try await list.list(asked, for: access, now: viewer.now)
            let names = try await StaffStore(tx).names(Set(found.compactMap(\.ownerID)))
            return (found, try await list.overdue(for: access, now: viewer.now), names)
        }
        let shown = Array(found.prefix(slice.limit))
        let next =
            found.count > slice.limit
            ? shown.last.map { asked.address(cursor: Cursor($0.activeAt, $0.uid.uuid).encoded) } : nil
        let rows = CustomerRows(viewer: viewer, access: access, names: names)
        let page = CustomerListPage(
            header: PageHeader(viewer.text("nav.customers"), sub: viewer.text("customers.lead")),
            filters: CustomerFilters(viewer: viewer, access: access, query: asked).links(overdue: overdue),
            search: Field("q", viewer.text("customers.search"), value: asked.search ?? "", type: "search"),
            table: rows.table(
                shown,
                next: next,
                empty: Empty(viewer.text("customers.empty"), viewer.text("customers.empty-text"))
            )
        )
        let head = PageHead(title: viewer.text("nav.customers"), section: .customers)
        return try pages.page("customers", page, head, for: context)
    }

    /// `isShown` after whoever is not responsible has asked for the numbers.
    func show(
        _ context: WebContext,
        refused: RefusedContact? = nil,
        isShown: Bool = false,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let uid: UID = try context.id("uid")
        let timeline = try await app.readTimeline(uid, by: access)
        guard timeline.customer.uid == uid else { return .seeOther("/sales/customers/\(timeline.customer.uid)") }
        let (deals, owner) = try await app.spine.read { tx in
            let owner = try await StaffStore(tx).names(Set([timeline.customer.ownerID].compactMap { $0 }))
            return (try await DealStore(tx).deals(of: uid), owner)
        }
        let names = timeline.names.merging(owner) { first, _ in first }
        let view = CustomerView(
            viewer: viewer,
            access: access,
            customer: timeline.customer,
            names: names,
            isShown: isShown
        )
        let page = view.page(timeline.entries.map(\.event), deals: deals.filter(access.sees), refused: refused)
        let head = PageHead(
            title: viewer.name(of: timeline.customer),
            section: .customers,
            crumbs: [Crumb(viewer.text("nav.customers"), "/sales/customers")]
        )
        return try pages.page("customer", page, head, status: status, for: context)
    }

    @Sendable
    private func logContact(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let uid: UID = try context.id("uid")
        let form = try await request.form(context)
        do {
            let nextAt = try form.optional("nextAt").map { try viewer.moment($0, field: "nextAt") }
            let report = ContactReport(
                kind: form["kind"],
                isReached: form["reached"] != "false",
                note: form["note"],
                nextAction: form["nextAction"],
                nextAt: nextAt
            )
            try await app.spine.perform(try context.cause()) { work in
                _ = try await app.logContact(report, with: uid, by: access, work)
            }
        } catch let rejection as Rejection where rejection.kind == .invalid {
            let refused = RefusedContact(form: form, rejection: rejection)
            return try await show(context, refused: refused, status: .unprocessableContent)
        }
        return .seeOther("/sales/customers/\(uid)", flash: Flash(.done, viewer.text("contacts.logged")))
    }

    @Sendable
    private func openDeal(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let viewer = pages.viewer(context)
        let uid: UID = try context.id("uid")
        let form = try await request.form(context)
        return try await viewer.answering("/sales/customers/\(uid)") {
            let expected = try form.optional("expected").map { try Money(yuan: $0, field: "expected") }
            let wish = DealWish(uid: uid, title: form["title"], expected: expected)
            let deal = try await app.spine.perform(try context.cause()) { work in
                try await app.openDeal(wish, by: access, work)
            }
            return .seeOther("/sales/deals/\(deal.id)", flash: Flash(.done, viewer.text("deals.opened")))
        }
    }
}

/// The filters of the list of customers.
struct CustomerFilters {
    let viewer: Viewer
    let access: Access
    let query: CustomerQuery

    func links(overdue: Int) -> [FilterLink] {
        var links = [link("common.all", CustomerQuery())]
        if access.seesOthers { links.append(link("common.mine", CustomerQuery(whose: .mine))) }
        links.append(
            FilterLink(
                viewer.text("customers.overdue"),
                CustomerQuery(isOverdue: true).address(),
                count: overdue > 0 ? viewer.number(overdue) : nil,
                isCurrent: query.isOverdue
            )
        )
        links += ["A", "B", "C"].map { grade in
            let wanted = CustomerQuery(grade: grade)
            return FilterLink(
                viewer.text("customers.grade-filter", ["grade": grade]),
                wanted.address(),
                isCurrent: query.grade == grade
            )
        }
        links += [Customer.Stage.deal, .won].map { stage in
            FilterLink(
                viewer.text("customers.stage-\(stage.rawValue)"),
                CustomerQuery(stage: stage).address(),
                isCurrent: query.stage == stage
            )
        }
        return links
    }

    private func link(_ key: String, _ wanted: CustomerQuery) -> FilterLink {
        let isPlain = query.grade == nil && query.stage == nil && !query.isOverdue
        return FilterLink(viewer.text(key), wanted.address(), isCurrent: isPlain && query.whose == wanted.whose)
    }
}

/// What a contact form held when it was refused.
struct RefusedContact: Sendable {
    let form: Form
    let rejection: Rejection
}
