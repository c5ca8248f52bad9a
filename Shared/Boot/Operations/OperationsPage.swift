import Foundation
import Messaging
import Web

/// All four services at a glance, with a verdict on top.
struct OperationsPage: Sendable {
    struct Part: Sendable {
        let name: String
        let label: String
        let fragment: String
        let href: String
        let seconds: Int
        let own: OperationsPart?
    }

    let header: PageHeader
    /// What can be said without a script: how the service that made the page stands.
    let verdict: String
    let tone: String
    let parts: [Part]

    init(own: OperationsPart, _ viewer: Viewer) {
        header = PageHeader(
            viewer.text("nav.operations"),
            sub: viewer.text("operations.sub"),
            actions: [Action(viewer.text("operations.all-letters"), "/\(own.name)/operations/letters")]
        )
        verdict = "\(own.label): \(own.verdict.text)"
        tone = own.verdict.tone.rawValue
        parts =
            ["leads", "sales", "service", "notify"].map { name in
                Part(
                    name: name,
                    label: viewer.text("operations.\(name)"),
                    fragment: "/\(name)/fragments/operations",
                    href: "/\(name)/operations",
                    seconds: 3,
                    own: name == own.name ? own : nil
                )
            } + [
                // The law looks at every row there is, so it is asked less often.
                Part(
                    name: "audit",
                    label: viewer.text("operations.audit"),
                    fragment: "/leads/fragments/audit",
                    href: "/leads/ledger",
                    seconds: 60,
                    own: nil
                )
            ]
    }
}

/// How one service stands.
struct OperationsPart: Sendable {
    struct NeedView: Sendable {
        let tone: String
        let text: String
        let advice: String
        let href: String?
        let open: String
    }

    struct QueueView: Sendable {
        let name: String
        let ready: String
        let unsettled: String
        let consumers: String
        let connection: Badge
    }

    struct LetterView: Sendable {
        let href: String
        let reason: String
        let name: String
        let count: String
    }

    struct RetryView: Sendable {
        let name: String
        let attempts: String
        let next: TimeText
        let error: String
    }

    let name: String
    let label: String
    let verdict: Badge
    let needs: [NeedView]
    let stats: [Stat]
    let queues: [QueueView]
    let letters: [LetterView]
    let retries: [RetryView]

    init(
        service: String,
        _ state: SpineState,
        queues: [QueueState],
        needs: [OperatorNeed],
        figures: [OperationsFigure] = [],
        _ viewer: Viewer
    ) {
        name = service
        label = viewer.text("operations.\(service)")
        let own = figures.flatMap(\.needs)
        verdict = viewer.verdict(on: needs.map(\.isGrave) + own.map(\.isGrave))
        let views =
            needs.map { (isGrave: $0.isGrave, view: viewer.view(of: $0, service: service)) }
            + own.map { (isGrave: $0.isGrave, view: viewer.view(of: $0, service: service)) }
        self.needs = (views.filter(\.isGrave) + views.filter { !$0.isGrave }).map(\.view)
        stats = OperationsPart.stats(service, state, viewer) + figures.map(\.stat)
        self.queues = queues.map { viewer.view(of: $0) }
        letters = state.letters.map { group in
            LetterView(
                href: group.href(service),
                reason: viewer.word("dead-reason", group.reason),
                name: group.name ?? viewer.text("operations.unnamed"),
                count: viewer.number(group.count)
            )
        }
        retries = state.retries.map { retry in
            RetryView(
                name: retry.name ?? retry.inlet,
                attempts: viewer.text("operations.attempt", ["n": viewer.number(retry.attempts)]),
                next: viewer.time(retry.nextAt),
                error: String((retry.error ?? "").prefix(200))
            )
        }
    }

    private static func stats(_ service: String, _ state: SpineState, _ viewer: Viewer) -> [Stat] {
        let backlog = state.backlog
        let dead = state.letters.reduce(0) { $0 + $1.count }
        return [
            outbox(backlog, viewer),
            Stat(
                viewer.text("operations.timers"),
                viewer.number(backlog.timers),
                note: state.timers.due == 0
                    ? state.timers.nextAt.map { viewer.text("operations.next", ["time": viewer.relative($0)]) }
                    : viewer.text(
                        "operations.due",
                        ["n": viewer.number(state.timers.due), "time": viewer.short(state.backlog.timerLagSeconds)]
                    ),
                tone: state.backlog.timerLagSeconds > 60 ? .bad : .neutral
            ),
            Stat(
                viewer.text("operations.retries"),
                viewer.number(backlog.retries),
                note: state.retries.first.map { viewer.text("operations.next", ["time": viewer.relative($0.nextAt)]) }
                    ?? viewer.text("operations.retries-empty"),
                tone: backlog.retries > 0 ? .warning : .neutral
            ),
            Stat(
                viewer.text("operations.dead"),
                viewer.number(dead),
                note: dead == 0 ? viewer.text("operations.dead-empty") : viewer.text("operations.dead-open"),
                href: "/\(service)/operations/letters",
                tone: dead > 0 ? .bad : .neutral
            ),
        ]
    }
}

extension OperationsPart {
    /// What no queue takes is not late: it is said apart from what is under way.
    private static func outbox(_ backlog: Backlog, _ viewer: Viewer) -> Stat {
        var notes: [String] = []
        if backlog.unroutable > 0 {
            notes.append(viewer.text("operations.outbox-unroutable", ["n": viewer.number(backlog.unroutable)]))
        }
        if backlog.outboxWaitingSeconds > 0 {
            notes.append(viewer.text("operations.oldest", ["time": viewer.short(backlog.outboxWaitingSeconds)]))
        }
        return Stat(
            viewer.text("operations.outbox"),
            viewer.number(backlog.outbox),
            note: notes.isEmpty ? viewer.text("operations.outbox-empty") : notes.joined(separator: " · "),
            tone: backlog.unroutable > 0 || backlog.outboxWaitingSeconds > SpineState.late ? .bad : .neutral
        )
    }
}

extension DeadLetterGroup {
    /// The group's page.
    func href(_ service: String) -> String {
        "/\(service)/operations/letters?" + LetterQuery(reason: reason, name: name ?? "").encoded
    }
}
