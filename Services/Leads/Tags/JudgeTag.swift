import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Web

/// A member of staff says that a tag is right or wrong, or adds one.
struct JudgeTag: Sendable {
    let keep: KeepTags

    func callAsFunction(
        _ lead: LeadID,
        key: String,
        value: String,
        isRight: Bool,
        _ sight: Sight,
        _ work: Work
    ) async throws {
        let (uid, side) = try await person(of: lead, sight, work)
        guard TagKey(rawValue: key)?.isReckoned != true else {
            throw Rejection(.conflict, "reckoned-tag", "What is counted or reckoned is judged by nobody.")
        }
        let store = TagStore(work.tx)
        try await store.takeTurn()
        try TagSideStore(work.tx).gather(Dictionary([uid, side].map { ($0, uid) }) { first, _ in first })
        let tags = try await store.of([uid])[uid] ?? []
        let said = tags.filter { $0.key == key && $0.value == value }.once.map { tag in
            var tag = tag
            tag.toldOf = side == uid ? nil : side
            tag.standing = isRight ? .confirmed : .rejected
            tag.judgedAt = work.now
            return tag
        }
        guard !said.isEmpty else { throw Rejection(.notFound, "no-such-tag", "The person has no such tag.") }
        try keep.save([uid: tags.saying(said)], insteadOf: [uid: tags], work)
        for tag in said { try store.note(tag, of: uid, judgedBy: work.cause.staffID, at: work.now) }
        try await tell(uid, work)
    }

    private func tell(_ uid: UID, _ work: Work) async throws {
        let tags = try await TagStore(work.tx).of([uid])[uid] ?? []
        try await work.publish([PersonTagged(uid: uid, tags).draft(work.cause)])
    }

    /// Adds what a member of staff knows.
    func add(_ lead: LeadID, key: String, value: String, _ sight: Sight, _ work: Work) async throws {
        let (uid, side) = try await person(of: lead, sight, work)
        guard key.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,39}/) != nil else {
            throw Rejection.invalid("key", "invalid-key", "key is small letters, digits and hyphens, at most 40.")
        }
        guard let value = value.cleaned(atMost: 80) else {
            throw Rejection.invalid("value", "missing", "value is at most 80 characters.")
        }
        let policy = try await PolicyStore(work.tx).current(TagPolicy.self).value
        let tag = Tag(
            key: key,
            value: value,
            source: .staff,
            confidence: 100,
            origin: work.cause.actor,
            notedAt: work.now,
            validUntil: work.now.addingTimeInterval(Double(policy.staffDays) * 86_400)
        )
        try await keep.keep([(side, tag)], work)
        try await tell(uid, work)
    }

    /// Whose a lead is, and the side of them that it names.
    private func person(of id: LeadID, _ sight: Sight, _ work: Work) async throws -> (uid: UID, side: UID) {
        try sight.requireActing()
        let store = LeadStore(work.tx)
        guard let lead = try await store.locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        return (lead.uid, try await store.side(of: id) ?? lead.uid)
    }
}

extension [Tag] {
    /// With what was said of some of them just now: of the side that it was said of, and not of the others.
    fileprivate func saying(_ said: [Tag]) -> [Tag] {
        filter { tag in !said.contains(where: tag.isSeenAgain) } + said
    }
}
