import Contracts
import Foundation
import Messaging

/// Takes new tags in beside those that are known, and says anew which hold.
struct KeepTags: Sendable {
    /// What enquiries said, oldest first.
    /// - Returns: how many enquiries were taken in.
    func takeIn(atMost limit: Int, _ work: Work) async throws -> Int {
        let store = TagStore(work.tx)
        let said = try await store.said(atMost: limit, now: work.now)
        guard !said.isEmpty else { return 0 }
        let policy = try await PolicyStore(work.tx).current(TagPolicy.self).value
        let until = Double(policy.enquiryDays) * 86_400
        try await keep(
            said.flatMap { said in
                said.tags.map { tag in
                    (
                        said.uid,
                        Tag(
                            key: tag.key,
                            value: tag.value,
                            source: .enquiry,
                            confidence: tag.confidence,
                            origin: "lead:\(said.leadID)",
                            notedAt: said.at,
                            validUntil: said.at.addingTimeInterval(until)
                        )
                    )
                }
            },
            work
        )
        try store.done(said.map(\.id))
        return said.count
    }

    /// Keeps tags; a tag that is known already is refreshed, and what staff said of it stands.
    func keep(_ new: [(uid: UID, tag: Tag)], _ work: Work) async throws {
        guard !new.isEmpty else { return }
        let store = TagStore(work.tx)
        try await store.takeTurn()
        let known = try await store.of(Set(new.map(\.uid)))
        var told = known
        for (uid, tag) in new { told[uid, default: []].take(tag) }
        try await save(told, insteadOf: known, work)
    }

    /// What a visit says: how often the person came.
    func visited(_ contact: ContactLogged, _ work: Work) async throws {
        guard contact.kind == "visit", contact.isReached else { return }
        let store = TagStore(work.tx)
        guard try await PersonStore(work.tx).all([contact.uid])[contact.uid] != nil else { return }
        try await store.takeTurn()
        let tags = try await store.of([contact.uid])[contact.uid] ?? []
        let before =
            tags.filter { $0.key == TagKey.visits.rawValue && $0.source == .events }
            .compactMap { Int($0.value) }.max() ?? 0
        try await replace(.visits, "\(before + 1)", "contact:\(contact.contactID)", of: contact.uid, work)
    }

    /// What events say now instead of what they said before.
    func replace(_ key: TagKey, _ value: String, _ origin: String, of uid: UID, _ work: Work) async throws {
        let store = TagStore(work.tx)
        // Before the first row is touched: whoever has the turn may be about to write it.
        try await store.takeTurn()
        try store.remove(key.rawValue, except: value, from: .events, of: uid)
        let tag = Tag(
            key: key.rawValue,
            value: value,
            source: .events,
            confidence: 100,
            origin: origin,
            notedAt: work.now
        )
        try await keep([(uid, tag)], work)
    }

    /// Says anew which tags hold of people of whom one has expired.
    /// - Returns: how many people.
    func expire(atMost limit: Int, _ work: Work) async throws -> Int {
        let store = TagStore(work.tx)
        let uids = try await store.expired(at: work.now, atMost: limit)
        guard !uids.isEmpty else { return 0 }
        try await store.takeTurn()
        let tags = try await store.of(uids)
        try await save(tags, insteadOf: tags, work)
        return uids.count
    }

    /// Says of each person's tags which hold now, and writes those that differ from what is stored.
    private func save(_ tags: [UID: [Tag]], insteadOf stored: [UID: [Tag]], _ work: Work) async throws {
        var new: [(uid: UID, tag: Tag)] = []
        var changed: [(uid: UID, tag: Tag)] = []
        for (uid, tags) in tags {
            let before = stored[uid] ?? []
            for tag in Tag.judged(tags, at: work.now) where !before.contains(tag) {
                let isKnown = before.contains(where: tag.isSame)
                if isKnown { changed.append((uid, tag)) } else { new.append((uid, tag)) }
            }
        }
        let store = TagStore(work.tx)
        try store.insert(new)
        try store.update(changed)
    }
}

extension [Tag] {
    /// A tag of the same key, value and source is the same one, seen again.
    fileprivate mutating func take(_ tag: Tag) {
        guard let place = firstIndex(where: tag.isSame(as:)) else { return append(tag) }
        // What is told late does not make a tag older.
        guard tag.notedAt >= self[place].notedAt else { return }
        let standing = tag.standing == .open ? self[place].standing : tag.standing
        self[place] = tag
        self[place].standing = standing
    }
}
