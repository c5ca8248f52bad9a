import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// One lead: who, what they want, why it is graded and given so, and everything that happened.
struct LeadPage: Sendable {
    let header: PageHeader
    let due: Due?
    /// What to do next, within reach of a thumb.
    let acts: [Action]
    let message: String?
    let facts: [Fact]
    let timeline: [TimelineEntry]
    let pager: Pager?
    let touches: Table
    let tags: TagsPane
    let nurture: NurturePane?
    let need: NeedForm?
    let next: NextForm?
    let discard: ReasonForm?
    let reopen: ReasonForm?
    let assign: AssignForm?

    struct Due: Sendable {
        let label: String
        let clock: Clock
    }

    /// Gives the lead up, or opens it again, for a reason.
    struct ReasonForm: Sendable {
        let action: String
        let reason: Field
        let note: Field
    }

    /// Says when somebody is to call next.
    struct NextForm: Sendable {
        let action: String
        let fields: [Field]
    }

    struct AssignForm: Sendable {
        let action: String
        let agent: Field
    }
}

struct LeadPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("leads/:id") { request, context in try await show(request, context) }
        group.post("leads/:id/assign") { request, context in try await assign(request, context) }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let before = request.query("before").flatMap { Int($0) }
        let viewer = pages.viewer(context)
        let story = try await app.spine.read { tx in
            guard let view = try await LeadQueryStore(tx).find(id, who.leadSight) else {
                throw Rejection.notFound("lead", id)
            }
            let person = try await PersonStore(tx).all([view.lead.uid])[view.lead.uid]
            let mayAssign = who.leadSight.mayLead && view.lead.status.isOpen
            return LeadStory(
                view: view,
                person: person,
                history: try await LeadHistoryStore(tx).of(id, before: before, limit: LeadStory.shown + 1),
                isFromBefore: before != nil,
                touches: try await LedgerQueryStore(tx).of(id),
                names: try await StaffStore(tx).names(),
                agents: mayAssign ? try await StaffStore(tx).agents(ofTeam: who.assignableTeam) : [],
                mayAct: who.leadSight.mayAct,
                doubles: try await ReviewStore(tx).doubles(of: view.lead.uid),
                unreachable: try await AnswerStore(tx).unreachable(AliasStore(tx).everybody(behind: [view.lead.uid])),
                growth: try await LeadGrowth(view, tx)
            )
        }
        return try pages.page(
            "lead",
            try story.page(viewer),
            .init(
                title: story.view.heading(viewer),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func assign(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        try who.leadSight.requireLeading()
        let id = LeadID(try context.uuid("id"))
        let form = try await request.form(context)
        guard let agent = StaffID(form["agent"]) else {
            throw Rejection.invalid("agent", "no-such-agent", "Choose an agent.")
        }
        try await app.spine.perform(who.cause(context)) { work in
            try await app.reassignLead(id, to: agent, who.leadSight, work)
        }
        return .seeOther(
            "/leads/leads/\(id)",
            flash: Flash(.done, pages.viewer(context).text("leads.reassigned"))
        )
    }
}

extension Principal {
    /// The team whose agents this person gives leads to; nil for all.
    fileprivate var assignableTeam: TeamID? { scope == .team ? teamID.map { TeamID($0) } : nil }
}
