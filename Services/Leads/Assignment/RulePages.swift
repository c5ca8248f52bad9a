import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Policies
import Postgres
import Web

/// The rules that decide who gets a lead: changed in a draft of one's own, tried, and then switched on as a new version.
struct RulePages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("rules") { _, context in try await list(context) }
        group.get("rules/versions/:version") { _, context in try await version(context) }
        group.post("rules/versions/:version/draft") { _, context in try await restore(context) }
        group.get("rules/rule") { request, context in try await form(request, context) }
        group.post("rules/rule") { request, context in try await save(request, context) }
        group.post("rules/move") { request, context in try await move(request, context) }
        group.post("rules/switch") { request, context in
            try await edit(request, context) { set, form in
                try set.change(form["rule"]) { $0.isEnabled.toggle() }
            }
        }
        group.post("rules/delete") { request, context in
            try await edit(request, context) { set, form in set.rules.removeAll { $0.name == form["rule"] } }
        }
        group.post("rules/fallback") { request, context in
            try await edit(request, context) { set, form in set.fallback = form["pool"] }
        }
        group.post("rules/discard") { _, context in try await discard(context) }
        group.post("rules/publish") { request, context in try await publish(request, context) }
        group.get("rules/simulate") { request, context in try await simulate(request, context) }
    }

    /// What every page about rules shows.
    struct Known: Sendable {
        let current: RuleSetStore.Version
        let draft: RuleSetStore.Draft?
        let staff: [StaffMember]
        let pools: [Pool]

        /// What is being worked on, or is in force.
        var shown: RuleSet { draft?.set ?? current.set }
        var isDraft: Bool { draft.map { $0.set != current.set } ?? false }

        init(_ tx: Transaction, for who: Principal) async throws {
            let store = RuleSetStore(tx)
            current = try await store.current()
            draft = try await store.draft(of: StaffID(who.staffID))
            staff = try await StaffStore(tx).everybody()
            pools = try await PoolStore(tx).all()
        }

        func words(_ viewer: Viewer) -> RuleWords { RuleWords(viewer, staff, pools) }
    }

    private func known(_ who: Principal) async throws -> Known {
        try await app.spine.read { try await Known($0, for: who) }
    }

    private func list(_ context: WebContext, refused: Rejection? = nil) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.readers)
        let viewer = pages.viewer(context)
        let known = try await known(who)
        let history = try await app.spine.read { try await RuleSetStore($0).history(limit: 50) }
        let mayEdit = who.isOne(of: RuleRoutes.editors)
        return try page(
            "rules",
            RulesPage(known, history, mayEdit: mayEdit, refused: refused, viewer),
            viewer.text("rules.title"),
            status: refused == nil ? .ok : .unprocessableContent,
            context
        )
    }

    private func version(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: PolicyAccess.readers)
        let viewer = pages.viewer(context)
        let wanted = try context.parameters.require("version")
        let known = try await known(who)
        let number = Int(wanted) ?? 0
        guard let found = try await app.spine.read({ try await RuleSetStore($0).find(number) }) else {
            throw Rejection.notFound("version", wanted)
        }
        let view = RuleVersionPage(found, known, mayEdit: who.isOne(of: RuleRoutes.editors), viewer)
        return try page("rule-version", view, viewer.text("rules.title"), context)
    }

    private func restore(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let wanted = try context.parameters.require("version")
        try await app.spine.perform(who.cause(context)) { work in
            let store = RuleSetStore(work.tx)
            guard let found = try await store.find(Int(wanted) ?? 0) else {
                throw Rejection.notFound("version", wanted)
            }
            let base = try await store.current().version
            try await store.keep(.init(baseVersion: base, set: found.set), of: StaffID(who.staffID), at: work.now)
        }
        return .seeOther("/leads/rules")
    }

    private func form(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let viewer = pages.viewer(context)
        let known = try await known(who)
        let name = request.query("rule")
        let rule = known.shown.rules.first { $0.name == name }
        guard name == nil || rule != nil else { throw Rejection.notFound("rule", name ?? "") }
        let view = RuleFormPage(RuleInput(rule), was: name, refused: nil, known, viewer)
        return try page("rule-form", view, viewer.text("rules.title"), context)
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let form = try await request.form(context)
        let words = RuleWords(pages.viewer(context), [], [])
        let input = RuleInput(form, words: words)
        do {
            let rule = try input.rule(words)
            try await change(who, context) { set, pools in
                var set = set
                if let was = form.optional("was"), let index = set.rules.firstIndex(where: { $0.name == was }) {
                    set.rules[index] = rule
                } else {
                    set.rules.append(rule)
                }
                try set.check(pools: pools)
                return set
            }
        } catch let rejection as Rejection where rejection.kind == .invalid {
            let viewer = pages.viewer(context)
            let view = RuleFormPage(input, was: form.optional("was"), refused: rejection, try await known(who), viewer)
            return try page("rule-form", view, viewer.text("rules.title"), status: .unprocessableContent, context)
        }
        return .seeOther("/leads/rules")
    }

    private func move(_ request: Request, _ context: WebContext) async throws -> Response {
        try await edit(request, context) { set, form in
            guard let from = set.rules.firstIndex(where: { $0.name == form["rule"] }) else { return }
            let to = Int(form["to"]) ?? from + (form["by"] == "up" ? -1 : 1)
            set.rules.insert(set.rules.remove(at: from), at: max(0, min(to, set.rules.count)))
        }
    }

    private func edit(
        _ request: Request,
        _ context: WebContext,
        _ body: @escaping @Sendable (inout RuleSet, Web.Form) throws -> Void
    ) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let form = try await request.form(context)
        try await change(who, context) { set, pools in
            var set = set
            try body(&set, form)
            try set.check(pools: pools)
            return set
        }
        return .seeOther("/leads/rules")
    }

    /// Changes one's draft, which begins with what is in force.
    private func change(
        _ who: Principal,
        _ context: WebContext,
        _ body: @Sendable (RuleSet, Set<String>) throws -> RuleSet
    ) async throws {
        try await app.spine.perform(who.cause(context)) { work in
            let known = try await Known(work.tx, for: who)
            let changed = try body(known.shown, Set(known.pools.map(\.name)))
            let base = known.draft?.baseVersion ?? known.current.version
            try await RuleSetStore(work.tx).keep(
                .init(baseVersion: base, set: changed),
                of: StaffID(who.staffID),
                at: work.now
            )
        }
    }

    private func discard(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        try await app.spine.perform(who.cause(context)) { work in
            try await RuleSetStore(work.tx).dropDraft(of: StaffID(who.staffID))
        }
        return .seeOther("/leads/rules", flash: Flash(.done, pages.viewer(context).text("rules.discarded")))
    }

    private func publish(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let form = try await request.form(context)
        do {
            try await app.spine.perform(who.cause(context)) { work in
                let store = RuleSetStore(work.tx)
                guard let draft = try await store.draft(of: StaffID(who.staffID)) else { return }
                try await app.changeRules(draft.set, from: draft.baseVersion, note: form.optional("note"), work)
                try await store.dropDraft(of: StaffID(who.staffID))
            }
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return try await list(context, refused: rejection)
        }
        return .seeOther("/leads/rules", flash: Flash(.done, pages.viewer(context).text("rules.published")))
    }

    private func simulate(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: RuleRoutes.editors)
        let viewer = pages.viewer(context)
        let known = try await known(who)
        let wished = request.query("days").flatMap { Int($0) } ?? 30
        let days = min(max(wished, SimulateRules.days.lowerBound), SimulateRules.days.upperBound)
        let isFree = request.query("people") == "free"
        let result = try await app.simulateRules(known.shown, days: days, isEverybodyFree: isFree)
        return try page(
            "rule-simulation",
            SimulationPage(result, days: days, known.words(viewer), viewer),
            viewer.text("rules.simulation"),
            context
        )
    }

    private func page(
        _ template: String,
        _ view: some Sendable,
        _ title: String,
        status: HTTPResponse.Status = .ok,
        _ context: WebContext
    ) throws -> Response {
        let viewer = pages.viewer(context)
        var crumbs = [Crumb(viewer.text("settings.title"), "/leads/settings")]
        if template != "rules" { crumbs.append(Crumb(viewer.text("rules.title"), "/leads/rules")) }
        return try pages.page(
            template,
            view,
            .init(title: title, section: .settings, crumbs: crumbs),
            status: status,
            for: context
        )
    }
}

extension RuleSet {
    /// Changes one rule by its name.
    mutating func change(_ name: String, _ body: (inout AssignmentRule) -> Void) throws {
        guard let index = rules.firstIndex(where: { $0.name == name }) else { throw Rejection.notFound("rule", name) }
        body(&rules[index])
    }
}
