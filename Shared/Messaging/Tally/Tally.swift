import Contracts
import Foundation
import Logging
import Postgres
public import ServiceLifecycle

/// Tells now and then what this service received of another's events, so that the other can prove that all arrived.
///
/// It counts the inbox after the fact: receiving costs nothing more. Nothing is told while nothing new has arrived, and
/// tallies are no events of the source, so that they are not counted themselves.
public struct Tally: Service {
    /// Tallies of more minutes and names are told in several events.
    private static let minutesAtMost = 500

    private let spine: Spine
    private let source: String
    private let names: [String]
    private let interval: Duration
    private let signal = Signal()

    /// Looks every `interval`.
    public init(
        _ spine: Spine,
        of source: String = "/lintel/leads",
        hearing subscriptions: [Subscription],
        every interval: Duration
    ) {
        self.spine = spine
        self.source = source
        names = Set(subscriptions.map(\.name).filter { "/lintel/\($0.service)" == source }.map(\.text)).sorted()
        self.interval = interval
    }

    public func run() async throws {
        await untilShutdown(waking: signal) {
            do {
                try await tell()
            } catch {
                spine.logger.warning("the tally will be told later", metadata: ["error": "\(error)"])
            }
            await signal.wait(atMost: interval)
        }
    }

    /// Looks once, and tells what is new.
    package func tell() async throws {
        guard !names.isEmpty else { return }
        try await spine.perform(Cause(actor: "system")) { work in
            let store = TallyStore(work.tx)
            try await store.lock()
            // By the database's clock, which received_at is of.
            guard let began: Date = try await work.tx.first("SELECT now() AS now", as: { try $0["now"] }) else {
                return
            }
            let hears = try await store.hear(names)
            let minutes = try await store.count(source)
            let (state, isNew) = try await store.look(source, began: began)
            guard isNew || !minutes.isEmpty else { return }
            let starts = minutes.isEmpty ? [0] : Array(stride(from: 0, to: minutes.count, by: Tally.minutesAtMost))
            for start in starts {
                let tally = InboxTally(
                    source: source,
                    hears: hears,
                    minutes: Array(minutes[start..<min(start + Tally.minutesAtMost, minutes.count)]),
                    newest: state.newest,
                    waiting: state.waiting,
                    dead: state.dead
                )
                guard let event = tally.event(of: spine.service) else { return }
                try await work.publish([Draft(event, about: "inbox of \(source)", cause: work.cause)])
            }
        }
    }
}
