import Contracts
import Failures
import Foundation
import Messaging
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
        let uid = try await person(of: lead, sight, work)
        let store = TagStore(work.tx)
        try await store.takeTurn()
        var tags = try await store.of([uid])[uid] ?? []
        guard tags.contains(where: { $0.key == key && $0.value == value }) else {
            throw Rejection(.notFound, "no-such-tag", "The person has no such tag.")
        }
        for index in tags.indices where tags[index].key == key && tags[index].value == value {
            tags[index].standing = isRight ? .confirmed : .rejected
        }
        let judged = Tag.judged(tags, at: work.now)
        try store.update(judged.map { (uid, $0) })
        for tag in judged where tag.key == key && tag.value == value {
            try store.note(tag, of: uid, judgedBy: work.cause.staffID, at: work.now)
        }
    }

    /// Adds what a member of staff knows.
    func add(_ lead: LeadID, key: String, value: String, _ sight: Sight, _ work: Work) async throws {
        let uid = try await person(of: lead, sight, work)
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
        try await keep.keep([(uid, tag)], work)
    }

    private func person(of id: LeadID, _ sight: Sight, _ work: Work) async throws -> UID {
        try sight.requireActing()
        guard let lead = try await LeadStore(work.tx).locked(id), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", id)
        }
        return lead.uid
    }
}
