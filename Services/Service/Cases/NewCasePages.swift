import Contracts
import Failures
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The page on which the desk takes a case.
struct NewCasePages: Sendable {
    let app: AfterSalesApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("cases/new", use: start)
        group.post("cases", use: open)
    }

    private func start(_ request: Request, _ context: WebContext) async throws -> Response {
        let reach = try Reach(context.requirePrincipal())
        try reach.requireActing()
        if let uid = request.query("uid").flatMap({ UID($0) }) {
            return try await form(for: uid, NewCaseInput(), reach, context)
        }
        let viewer = pages.viewer(context)
        let search = request.query("q")
        let found = try await app.spine.read { tx in
            if let search { try await CustomerStore(tx).matching(search) } else { nil as [Customer]? }
        }
        return try page(NewCaseView(looking: search ?? "", found: found, viewer), viewer, context)
    }

    private func form(
        for uid: UID,
        _ input: NewCaseInput,
        _ reach: Reach,
        status: HTTPResponse.Status = .ok,
        _ context: WebContext
    ) async throws -> Response {
        let viewer = pages.viewer(context)
        let (customer, handovers) = try await app.spine.read { tx in
            (try await CustomerStore(tx).customer(uid), try await HandoverStore(tx).of(uid, reach))
        }
        guard let customer else { throw Rejection.notFound("customer", uid) }
        return try page(
            NewCaseView(for: customer, handovers: handovers, input, viewer),
            status: status,
            viewer,
            context
        )
    }

    private func page(
        _ view: NewCaseView,
        status: HTTPResponse.Status = .ok,
        _ viewer: Viewer,
        _ context: WebContext
    ) throws -> Response {
        let head = PageHead(
            title: viewer.text("case.new"),
            section: .cases,
            crumbs: [Crumb(viewer.text("cases.title"), "/service/cases")]
        )
        return try pages.page("case-new", view, head, status: status, for: context)
    }

    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        let deed = try Deed(request, context)
        let form = try await request.form(context)
        guard let uid = UID(form["uid"]) else {
            throw Rejection.invalid("uid", "customer-unknown", "Choose a customer.")
        }
        do {
            let id = try await opened(uid, form, deed)
            let viewer = pages.viewer(context)
            return .seeOther("/service/cases/\(id)", flash: Flash(.done, viewer.text("case-done.open")))
        } catch let rejection as Rejection where rejection.kind == .invalid {
            let input = NewCaseInput(
                kind: form["kind"],
                severity: form["severity"],
                title: form["title"],
                text: form["text"],
                unit: form["unit"],
                key: form["key"],
                errorField: rejection.field,
                error: pages.viewer(context).refusal(rejection)
            )
            return try await self.form(for: uid, input, deed.reach, status: .unprocessableContent, context)
        }
    }

    /// Opens the case once, however often the button was pressed.
    private func opened(_ uid: UID, _ form: Form, _ deed: Deed) async throws -> CaseID {
        let unit = UnitID(form["unit"])
        let raw = NewCase(
            uid: uid,
            kind: form["kind"],
            title: form["title"],
            text: form["text"],
            unitId: unit,
            severity: form.optional("severity")
        )
        let asked = try CaseRequest(raw)
        let stored = try await app.spine.once(deed.keyed(form.optional("key")), "cases", raw) { work in
            var asked = asked
            if let unit { asked.project = try await HandoverStore(work.tx).project(of: unit, ownedBy: uid) }
            return try StoredAnswer(201, Receipt(id: try await app.openCase(asked, work).id))
        }
        return try Contracts.Wire.decoder.decode(Receipt.self, from: Data(stored.json)).id
    }

    private struct Receipt: Codable {
        let id: CaseID
    }
}
