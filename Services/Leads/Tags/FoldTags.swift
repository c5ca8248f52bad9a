import Contracts
import Foundation
import Messaging

/// Puts people's tags in order after they were joined, parted, or came to see us.
///
/// Nothing depends on the order of what has happened: a tag is whoever's it is now of whom it was told, and visits are
/// counted. It follows a moment later, because only one at a time changes tags, and neither a merge nor a contact is to
/// wait for that.
struct FoldTags: Sendable {
    let keep: KeepTags

    /// People are joined or parted, or have come: their tags follow.
    static func soon(_ uids: [UID], _ work: Work) throws { try TagSideStore(work.tx).due(uids) }

    /// Somebody was spoken with; a visit is counted.
    func contacted(_ contact: ContactLogged, _ work: Work) async throws {
        guard contact.kind == "visit", contact.isReached else { return }
        let told = try await LifeCycleStore(work.tx).visitor(contact.contactID) ?? contact.uid
        try Self.soon([told], work)
    }

    /// Takes what has been noted.
    /// - Returns: how many notes there were.
    func callAsFunction(atMost limit: Int, _ work: Work) async throws -> Int {
        let noted = try await TagSideStore(work.tx).takeDue(atMost: limit, now: work.now)
        guard !noted.isEmpty else { return 0 }
        try await TagStore(work.tx).takeTurn()
        let aliases = AliasStore(work.tx)
        let everybody = try await aliases.survivors(of: try await aliases.everybody(behind: noted))
        let store = TagSideStore(work.tx)
        let persons = try await store.present(among: Set(everybody.values))
        let members = everybody.filter { persons.contains($0.value) }
        try store.gather(members)
        try await keep.judge(persons, adding: try await visits(of: members, work), work)
        try await tell(persons, work)
        return noted.count
    }

    /// How often each has come: counted anew, whatever was counted of them or of their sides before.
    private func visits(of members: [UID: UID], _ work: Work) async throws -> [(uid: UID, tag: Tag)] {
        let store = TagSideStore(work.tx)
        let visits = try await store.visits(of: members)
        try store.replace(.visits, by: visits.mapValues { "\($0.times)" }, of: Set(members.values))
        return visits.map { uid, visits in
            let tag = Tag(
                key: TagKey.visits.rawValue,
                value: "\(visits.times)",
                source: .events,
                confidence: 100,
                origin: "contact:\(visits.contact)",
                notedAt: visits.last
            )
            return (uid, tag)
        }
    }

    /// Others know the tags of a lead that was handed over to them: they hear what became of them.
    private func tell(_ persons: Set<UID>, _ work: Work) async throws {
        let tags = try await TagStore(work.tx).of(persons)
        try await work.publish(
            persons.sorted().map { PersonTagged(uid: $0, tags[$0] ?? []).draft(work.cause) }
        )
    }
}

extension PersonTagged {
    init(uid: UID, _ tags: [Tag]) {
        self.init(uid: uid, tags: tags.asStaffSaid.filter(\.isWinner).map { PersonTag($0) })
    }

    /// In a stream of its own, which nobody locks but who has the turn.
    func draft(_ cause: Cause) -> Draft { Draft(self, about: "tags:\(uid)", uid: uid, cause: cause) }
}
