import Boot
import Foundation
import Messaging
import Web

/// What a channel has still to fetch from its platform.
struct FetchBacklog: Sendable, Equatable {
    /// So long a platform may be away, or want us to wait, before somebody should look.
    static let patience: TimeInterval = 900

    let channel: String
    let waiting: Int
    /// What may still be tried again by hand.
    let givenUp: Int
    /// Since when the oldest waits.
    let oldest: Date?

    /// How long the oldest has waited; 0 where none does.
    func age(at now: Date) -> TimeInterval { oldest.map { max(0, now.timeIntervalSince($0)) } ?? 0 }
}

extension OperationsFigure {
    /// What waits to be fetched from platforms.
    init(_ backlogs: [FetchBacklog], _ viewer: Viewer) {
        let waiting = backlogs.reduce(0) { $0 + $1.waiting }
        let givenUp = backlogs.reduce(0) { $0 + $1.givenUp }
        let age = backlogs.map { $0.age(at: viewer.now) }.max() ?? 0
        var notes: [String] = []
        if waiting > 0 { notes.append(viewer.text("operations.oldest", ["time": viewer.short(age)])) }
        if givenUp > 0 { notes.append(viewer.text("fetches.given-up", ["n": viewer.number(givenUp)])) }
        self.init(
            Stat(
                viewer.text("fetches.title"),
                viewer.number(waiting),
                note: notes.isEmpty ? viewer.text("fetches.none") : notes.joined(separator: " · "),
                href: "/leads/channels",
                tone: age > FetchBacklog.patience ? .bad : .neutral
            ),
            needs: backlogs.filter { $0.age(at: viewer.now) > FetchBacklog.patience }.map { late in
                let variables = [
                    "channel": viewer.channel(late.channel), "n": viewer.number(late.waiting),
                    "time": viewer.span(late.age(at: viewer.now)),
                ]
                return Need(
                    viewer.text("fetches.late", variables),
                    advice: viewer.text("fetches.advice"),
                    href: "/leads/channels/\(late.channel)",
                    isGrave: true
                )
            }
        )
    }
}
