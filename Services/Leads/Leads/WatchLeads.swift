import Contracts
import Foundation
import Logging
import Messaging
import ServiceLifecycle
import Synchronization
import Web

/// Tells open pages what has become of leads, whoever did it: claimed, given to somebody, spoken about, gone back to a pool.
///
/// It hears what was committed, looks up whose the leads were and are, and tells those; what happens meanwhile is told
/// together. New leads tell of themselves (``LeadsLive``).
final class WatchLeads: Service {
    private static let names: Set<MessageName> = [
        LeadAssigned.name, LeadTouched.name, LeadGraded.name, LeadResponseOverdue.name, LeadContacted.name,
        LeadConverted.name, LeadDiscarded.name, LeadReopened.name, LeadFrozen.name, LeadIdle.name,
        LeadAnswered.name, LeadFollowUpSet.name, LeadFollowUpDue.name, LeadNeedChanged.name,
    ]
    private static let pause = Duration.milliseconds(200)

    private let spine: Spine
    private let feed: LiveFeed
    private let changed = Mutex<[LeadID: Set<MessageName>]>([:])
    private let signal = Signal()

    init(spine: Spine, feed: LiveFeed) {
        self.spine = spine
        self.feed = feed
        spine.committed.listen { [weak self] in self?.heard($0) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.signal.wait(atMost: .seconds(60))
                await self.tell()
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Notes leads to which something has happened; while no page is open there is nobody to tell.
    private func heard(_ events: [CommittedEvents.Event]) {
        guard feed.readerCount > 0 else { return }
        let new = Set(events.filter { $0.name == LeadReceived.name }.map(\.subject))
        let told = events.filter { Self.names.contains($0.name) && !new.contains($0.subject) }
        guard !told.isEmpty else { return }
        changed.withLock { changed in
            for event in told { if let lead = LeadID(event.subject) { changed[lead, default: []].insert(event.name) } }
        }
        signal.poke()
    }

    /// Tells what was noted since it was last told; a page that nobody could tell is right after a reload.
    func tell() async {
        let noted = changed.withLock { changed in
            defer { changed = [:] }
            return changed
        }
        guard !noted.isEmpty, feed.readerCount > 0 else { return }
        do {
            let moves = try await spine.read { try await LeadMoveStore($0).moves(of: noted) }
            LeadsLive.announce(moves, on: feed)
        } catch {
            spine.logger.debug("live: could not look up what has changed", metadata: ["error": "\(error)"])
        }
    }
}
