import Contracts
import Foundation
import Messaging
import Web

extension LetterView {
    /// The page of one letter; `refused` is what somebody has just typed in vain.
    func letter(_ letter: DeadLetter, history: [DeadLetter], refused: RefusedEdit? = nil) -> LetterPage {
        let here = "/\(service)/operations/\(letter.id.wire)"
        let body = MessageBody(letter.body)
        let isWaiting = letter.status == "waiting"
        return LetterPage(
            header: PageHeader(
                viewer.word("dead-reason", letter.reason),
                sub: letter.name ?? letter.routingKey,
                badges: [status(letter)]
            ),
            detail: letter.detail,
            advice: isWaiting ? viewer.advice(onLetters: letter.reason) : nil,
            body: body.text,
            bodyForm: viewer.text("operations.form-\(body.form.rawValue)", ["n": viewer.number(letter.body.count)]),
            properties: MessageBody(Array(letter.properties.utf8)).text,
            facts: facts(letter),
            timeline: history.flatMap { story(of: $0, isThis: $0.id == letter.id) }.reversed(),
            replay: isWaiting ? "\(here)/replay" : nil,
            edit: isWaiting && body.isEditable
                ? LetterPage.Edit(
                    action: "\(here)/replay",
                    body: refused?.body ?? body.text,
                    error: refused.map { viewer.sentence(of: $0.rejection) },
                    isOpen: refused != nil
                ) : nil,
            discard: isWaiting ? "\(here)/discard" : nil,
            note: noteField
        )
    }

    private func facts(_ letter: DeadLetter) -> [Fact] {
        [
            Fact(viewer.text("operations.reason"), letter.reason),
            Fact(viewer.text("operations.field"), letter.field.flatMap { $0.isEmpty ? nil : $0 } ?? "–"),
            Fact(viewer.text("operations.message-id"), letter.knownID ?? "–"),
            Fact(viewer.text("operations.inlet"), letter.inlet),
            Fact(viewer.text("operations.routing"), "\(letter.exchange) → \(letter.routingKey)"),
            Fact(viewer.text("operations.attempts"), viewer.number(letter.attempts)),
            Fact(viewer.text("operations.died"), viewer.instant(letter.diedAt)),
        ]
    }

    /// When it died, and what somebody decided then.
    private func story(of letter: DeadLetter, isThis: Bool) -> [TimelineEntry] {
        let died = TimelineEntry(
            at: viewer.time(letter.diedAt),
            tone: .bad,
            viewer.text(
                isThis ? "operations.story-died" : "operations.story-died-too",
                ["reason": viewer.word("dead-reason", letter.reason)]
            ),
            text: letter.detail,
            href: isThis ? nil : "/\(service)/operations/\(letter.id.wire)"
        )
        guard let settledAt = letter.settledAt else { return [died] }
        let key = letter.replayedAs == nil ? letter.status : "mended"
        let settled = TimelineEntry(
            at: viewer.time(settledAt),
            icon: "note",
            tone: letter.status == "replayed" ? .good : .neutral,
            viewer.text("operations.story-\(key)"),
            text: letter.note ?? letter.replayedAs,
            actor: letter.settledBy.map(who)
        )
        return [died, settled]
    }

    private func who(_ actor: String) -> String {
        guard actor.hasPrefix("staff:") else { return viewer.text("operations.by-command") }
        if let principal = viewer.principal, actor.hasSuffix(principal.staffID.uuidString.lowercased()) {
            return principal.name
        }
        return viewer.text("operations.by-colleague")
    }
}
