import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Why a lead is where it is, or was: every rule that was tried, in order, and every agent that it means.
struct ExplainPage: Sendable {
    let header: PageHeader
    let decisions: [FilterLink]
    let outcome: String
    let sub: String
    let note: String?
    let trials: [Trial]

    struct Trial: Sendable {
        let rule: String
        let verdict: Badge
        let conditions: [Check]
        let candidates: [Candidate]
    }

    struct Check: Sendable {
        let text: String
        let known: String
        let badge: Badge
    }

    struct Candidate: Sendable {
        let name: String
        let text: String
        let badge: Badge
    }
}

struct ExplainPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("leads/:id/explain") { request, context in try await show(request, context) }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let viewer = pages.viewer(context)
        let id = LeadID(try context.uuid("id"))
        let wanted = request.query("decision").flatMap { Int64($0) }
        let (view, decisions, chosen, explanation, words) = try await app.spine.read { tx in
            guard let view = try await LeadQueryStore(tx).find(id, who.leadSight) else {
                throw Rejection.notFound("lead", id)
            }
            let decisions = try await RosterSnapshotStore(tx).decisions(about: id)
            guard let chosen = decisions.first(where: { $0.id == wanted }) ?? decisions.first else {
                throw Rejection.notFound("decision", id)
            }
            let words = RuleWords(viewer, try await StaffStore(tx).everybody(), try await PoolStore(tx).all())
            return (view, decisions, chosen, try await app.explainAssignment(chosen, tx), words)
        }
        return try pages.page(
            "explain",
            ExplainPage(view, decisions, chosen, explanation, words),
            .init(
                title: viewer.text("explain.title"),
                section: .leads,
                crumbs: [
                    Crumb(viewer.text("leads.title"), "/leads/leads"),
                    Crumb(view.heading(viewer), "/leads/leads/\(id)"),
                ]
            ),
            for: context
        )
    }
}

extension ExplainPage {
    init(
        _ view: LeadView,
        _ decisions: [RosterSnapshotStore.Decision],
        _ chosen: RosterSnapshotStore.Decision,
        _ explanation: Explanation?,
        _ words: RuleWords
    ) {
        let viewer = words.viewer
        header = PageHeader(viewer.text("explain.title"), sub: view.heading(viewer))
        self.decisions = decisions.map {
            FilterLink(
                viewer.instant($0.at),
                "/leads/leads/\(view.lead.id)/explain?decision=\($0.id)",
                isCurrent: $0.id == chosen.id
            )
        }
        outcome = ExplainPage.place(chosen.outcome, words)
        sub = [words.name(chosen.why.rule), viewer.text("settings.version", ["version": "\(chosen.why.version)"])]
            .joined(separator: " · ")
        let missing = chosen.basis == nil ? "explain.by-a-person" : "explain.not-kept"
        note = explanation == nil ? viewer.text(missing) : nil
        trials = (explanation?.trials ?? []).map { ExplainPage.trial($0, words) }
    }

    private static func place(_ outcome: String, _ words: RuleWords) -> String {
        if let id = StaffID(outcome.dropFirst("staff:".count)) {
            return words.names[id] ?? words.viewer.text("common.unknown")
        }
        let pool = String(outcome.dropFirst("pool:".count))
        return words.pools[pool] ?? pool
    }

    private static func trial(_ trial: Explanation.Trial, _ words: RuleWords) -> Trial {
        let viewer = words.viewer
        let tone: Badge.Tone = trial.verdict == .decided ? .good : trial.verdict == .nobody ? .warning : .neutral
        return Trial(
            rule: words.name(trial.rule),
            verdict: Badge(viewer.text("explain.verdict.\(trial.verdict.rawValue)"), tone),
            conditions: trial.conditions.map { check in
                let known = check.known.map { words.value(check.condition.field, $0) }
                return Check(
                    text: words.condition(check.condition),
                    known: known.isEmpty
                        ? viewer.text("explain.unknown") : known.joined(separator: viewer.text("why.comma")),
                    badge: Badge(
                        viewer.text(check.holds ? "explain.holds" : "explain.fails"),
                        check.holds ? .good : .bad
                    )
                )
            },
            candidates: trial.candidates.map { candidate(of: $0, words) }
        )
    }

    private static func candidate(of candidate: Explanation.Candidate, _ words: RuleWords) -> Candidate {
        let viewer = words.viewer
        let agent = candidate.agent
        let state = viewer.text(
            "explain.state",
            ["load": "\(agent.load)", "capacity": "\(agent.capacity)", "taken": "\(agent.taken)"]
        )
        let badge =
            candidate.isChosen
            ? Badge(viewer.text("explain.chosen"), .good)
            : candidate.reason.map { Badge(words.reason($0), .warning) } ?? Badge(viewer.text("explain.later"))
        return Candidate(name: words.names[agent.id] ?? viewer.text("common.unknown"), text: state, badge: badge)
    }
}
