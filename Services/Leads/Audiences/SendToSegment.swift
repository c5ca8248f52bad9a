import Contracts
import Failures
import Foundation
import Messaging
import Policies

/// Sends a message to everybody who belongs to a segment now: piece by piece, each piece with the event that tells of it.
struct SendToSegment: Sendable {
    /// The same id again is the same order again.
    func callAsFunction(_ id: AudienceID, _ segment: SegmentID, template: String, _ work: Work) async throws {
        guard MarketingText.all.contains(template) else {
            let known = MarketingText.all.joined(separator: ", ")
            throw Rejection.invalid("template", "unknown-template", "template is one of \(known).")
        }
        guard let found = try await SegmentStore(work.tx).find(segment) else {
            throw Rejection.notFound("segment", segment)
        }
        let audience = Audience(
            id: id,
            segmentID: found.id,
            segment: found.name,
            segmentVersion: found.version,
            tests: found.tests,
            template: template,
            requestedBy: work.cause.actor,
            requestedAt: work.now
        )
        guard try await AudienceStore(work.tx).insert(audience) else { return }
        try await work.timers.set(Audience.timerKind, key: id, at: work.now, cause: work.cause)
    }

    /// Hands over the next piece.
    func fire(_ timer: DueTimer, _ work: Work) async throws {
        let store = AudienceStore(work.tx)
        guard let id = AudienceID(timer.key), let audience = try await store.locked(id), audience.state == .sending
        else {
            return
        }
        let policy = try await PolicyStore(work.tx).current(AudiencePolicy.self).value
        let piece = min(policy.pieceSize, Audience.pieceAtMost)
        let people = try await store.next(of: audience, limit: piece)
        let after = audience.handed(people, piece: piece, now: work.now)
        try store.save(after)
        if !people.isEmpty {
            let event = AudienceReady(
                audienceID: audience.id.description,
                template: audience.template,
                piece: after.pieces,
                people: people,
                isLast: after.state == .sent,
                why: audience.why
            )
            try await work.publish(event, about: audience.id)
        }
        guard after.state == .sending else { return }
        let next = work.now.addingTimeInterval(Double(policy.pauseSeconds))
        try await work.timers.set(Audience.timerKind, key: audience.id, at: next, cause: timer.cause)
    }

    /// Stops between two pieces, or goes on.
    func steer(_ id: AudienceID, isPaused: Bool, _ work: Work) async throws {
        let store = AudienceStore(work.tx)
        guard var audience = try await store.locked(id) else { throw Rejection.notFound("audience", id) }
        guard audience.state != .sent else {
            throw Rejection(.conflict, "audience-sent", "Everybody has been handed over already.")
        }
        guard (audience.state == .paused) != isPaused else { return }
        audience.state = isPaused ? .paused : .sending
        try store.save(audience)
        if !isPaused { try await work.timers.set(Audience.timerKind, key: id, at: work.now, cause: work.cause) }
    }
}
