import Contracts
import Foundation
import Messaging
import Policies

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

    /// Keeps tags, each told of a UID; one that is known already is refreshed, and what staff said of it stands.
    func keep(_ new: [(uid: UID, tag: Tag)], _ work: Work) async throws {
        guard !new.isEmpty else { return }
        let store = TagStore(work.tx)
        try await store.takeTurn()
        // Who they are now; of a merge that comes later the tags hear by themselves.
        let now = try await AliasStore(work.tx).survivors(of: Set(new.map(\.uid)))
        try TagSideStore(work.tx).gather(now)
        let told = new.map { uid, tag in
            let person = now[uid] ?? uid
            var tag = tag
            tag.toldOf = person == uid ? nil : uid
            return (person, tag)
        }
        try await judge(Set(now.values), adding: told, work)
    }

    /// Says anew which tags of these persons hold, with new ones among them; for whoever has the turn.
    func judge(_ persons: Set<UID>, adding new: [(uid: UID, tag: Tag)], _ work: Work) async throws {
        let known = try await TagStore(work.tx).of(persons)
        var told = known
        for (uid, tag) in new { told[uid, default: []].take(tag) }
        try save(told, insteadOf: known, work)
    }

    /// Says anew which tags hold of people of whom one has expired.
    /// - Returns: how many people.
    func expire(atMost limit: Int, _ work: Work) async throws -> Int {
        let store = TagStore(work.tx)
        let uids = try await store.expired(at: work.now, atMost: limit)
        guard !uids.isEmpty else { return 0 }
        try await store.takeTurn()
        try await judge(Set(uids), adding: [], work)
        return uids.count
    }

    /// Which tags hold, judged once more from all that are kept.
    var projection: Projection {
        Projection(
            "tags",
            in: [ProjectionTable("tags", only: ["is_winner"], key: ["uid", "key", "value", "source", "told_of"])],
            settle: { work in
                try await TagStore(work.tx).takeTurn()
                while try await expire(atMost: 500, work) > 0 {}
            },
            build: { work, originals in
                let store = TagStore(work.tx)
                try await store.copy(from: originals)
                var place: UID?
                while true {
                    let persons = try await store.persons(after: place, atMost: 500)
                    guard let last = persons.last else { return }
                    try await judge(Set(persons), adding: [], work)
                    place = last
                }
            }
        )
    }

    /// Says of each person's tags which hold now, and writes those that differ from what is stored.
    func save(_ tags: [UID: [Tag]], insteadOf stored: [UID: [Tag]], _ work: Work) throws {
        var new: [(uid: UID, tag: Tag)] = []
        var changed: [(uid: UID, tag: Tag)] = []
        for (uid, tags) in tags {
            let before = stored[uid] ?? []
            for tag in Tag.judged(tags, at: work.now) where !before.contains(tag) {
                let isKnown = before.contains(where: tag.isSeenAgain)
                if isKnown { changed.append((uid, tag)) } else { new.append((uid, tag)) }
            }
        }
        let store = TagStore(work.tx)
        try store.insert(new)
        try store.update(changed)
    }
}

extension [Tag] {
    /// A tag of the same key, value and source that was told of the same side is the same one, seen again.
    fileprivate mutating func take(_ tag: Tag) {
        guard let place = firstIndex(where: tag.isSeenAgain(in:)) else { return append(tag) }
        // What is told late does not make a tag older.
        guard tag.notedAt >= self[place].notedAt else { return }
        var tag = tag
        if tag.standing == .open { (tag.standing, tag.judgedAt) = (self[place].standing, self[place].judgedAt) }
        self[place] = tag
    }
}
