import Contracts
import Foundation
import Web

/// What a person wrote back last, on their page.
struct AnswerPane: Sendable {
    static let shown = 10

    let timeline: [TimelineEntry]

    /// Nil where they never did.
    init?(_ answers: [KeptAnswer], _ viewer: Viewer) {
        guard !answers.isEmpty else { return nil }
        timeline = answers.map { answer in
            let heading = viewer.text(
                "leads.told.answered",
                ["channel": viewer.text("answers.by.\(answer.channel)")]
            )
            return TimelineEntry(
                at: viewer.time(answer.at),
                icon: "message",
                tone: .accent,
                heading,
                text: answer.words.isEmpty ? nil : answer.words,
                why: answer.why.shown(heading, viewer, names: [:])
            )
        }
    }
}

extension Unreachable {
    /// That a number or an address does not work, since when and why.
    func fact(_ viewer: Viewer) -> Fact {
        let since = viewer.text("answers.dead-since", ["when": viewer.day(since)])
        return Fact(
            viewer.text("answers.dead.\(channel)"),
            since,
            badge: Badge(viewer.text("answers.does-not-work"), .bad),
            why: why.shown(since, viewer, names: [:])
        )
    }
}
