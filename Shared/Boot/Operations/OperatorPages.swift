import Contracts
import Foundation
import Messaging
import Web

/// What the operator sees of a service: what waits, and the dead letters.
struct OperatorPage: Sendable {
    let filters: [FilterLink]
    let stats: [Stat]
    let table: Table

    init(service: String, backlog: Backlog, connections: [String], letters: [DeadLetter], _ viewer: Viewer) {
        filters = ["leads", "sales", "service", "notify"].map { name in
            FilterLink(viewer.text("operations.\(name)"), "/\(name)/operations", isCurrent: name == service)
        }
        stats = [
            Stat(
                viewer.text("operations.outbox"),
                viewer.number(backlog.outbox),
                note: viewer.text("operations.outbox-note"),
                tone: backlog.outboxOldestSeconds > 60 ? .bad : .neutral
            ),
            Stat(
                viewer.text("operations.retries"),
                viewer.number(backlog.retries),
                note: viewer.text("operations.retries-note"),
                tone: backlog.retries > 0 ? .warning : .neutral
            ),
            Stat(
                viewer.text("operations.dead"),
                viewer.number(backlog.deadLetters),
                note: viewer.text("operations.dead-note"),
                tone: backlog.deadLetters > 0 ? .bad : .neutral
            ),
            Stat(
                viewer.text("operations.timers"),
                viewer.number(backlog.timers),
                note: viewer.text("operations.timers-note")
            ),
            Stat(
                viewer.text("operations.broker"),
                viewer.text(connections.isEmpty ? "operations.connected" : "operations.disconnected"),
                note: connections.first,
                tone: connections.isEmpty ? .good : .bad
            ),
        ]
        table = Table(
            viewer.text("operations.dead"),
            [
                Table.Column(viewer.text("operations.reason")), Table.Column(viewer.text("operations.message")),
                Table.Column(viewer.text("operations.died")),
                Table.Column(viewer.text("operations.attempts"), isNumeric: true),
            ],
            letters.map { letter in
                Table.Row(
                    id: letter.id.wire,
                    href: "/\(service)/operations/\(letter.id.wire)",
                    [
                        .text(letter.reason, sub: letter.field.flatMap { $0.isEmpty ? nil : $0 }),
                        .text(letter.name ?? letter.routingKey, sub: letter.inlet),
                        .time(viewer.time(letter.diedAt)), .text(viewer.number(letter.attempts)),
                    ]
                )
            },
            empty: Empty(viewer.text("operations.none"), viewer.text("operations.none-text"))
        )
    }
}

/// One dead letter with its bytes, and what can be done with it.
struct DeadLetterPage: Sendable {
    let facts: [Fact]
    let detail: String
    let body: String
    let properties: String
    let isWaiting: Bool
    let replayAction: String
    let discardAction: String
    let note: Field

    init(service: String, _ letter: DeadLetter, _ viewer: Viewer) {
        let here = "/\(service)/operations/\(letter.id.wire)"
        facts = [
            Fact(viewer.text("operations.reason"), letter.reason),
            Fact(viewer.text("operations.field"), letter.field.flatMap { $0.isEmpty ? nil : $0 } ?? "–"),
            Fact(viewer.text("operations.message"), letter.name ?? "–"),
            Fact(viewer.text("operations.inlet"), letter.inlet),
            Fact(viewer.text("operations.routing"), "\(letter.exchange) → \(letter.routingKey)"),
            Fact(viewer.text("operations.attempts"), viewer.number(letter.attempts)),
            Fact(viewer.text("operations.died"), viewer.instant(letter.diedAt)),
            Fact(
                viewer.text("operations.status"),
                viewer.text("operations.status-\(letter.status)"),
                badge: letter.note.map { Badge($0) }
            ),
        ]
        detail = letter.detail
        body = String(decoding: letter.body, as: UTF8.self)
        properties = letter.properties
        isWaiting = letter.status == "waiting"
        replayAction = "\(here)/replay"
        discardAction = "\(here)/discard"
        note = Field(
            "note",
            viewer.text("operations.note"),
            hint: viewer.text("operations.note-hint"),
            isRequired: true
        )
    }
}
