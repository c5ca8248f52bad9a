import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import Web

/// A person with everything that their page shows.
struct PersonView: Sendable {
    let side: Side
    let leads: [LeadView]
    let merges: [Merge]
    let reviews: [Review]
    /// Who was said to be somebody else.
    let pins: [Pin]
    /// Whom of those the viewer sees.
    let seenPins: Set<UID>
    /// What those are called who might be this person, or have been merged with them.
    let names: [UID: String]
    let staff: [StaffID: String]
    let erasedAt: Date?
    let referrals: PersonReferrals
    let tags: [Tag]
    let life: PersonLife
    let answers: [KeptAnswer]
    let unreachable: [Unreachable]

    var uid: UID { side.uid }
    var person: Person { side.person }
    /// Every other UID that resolves to this person.
    var aliases: [UID] { side.members.filter { $0 != uid } }

    /// Whether somebody looks after the person, and so sees their numbers whole.
    func isResponsible(_ principal: Principal) -> Bool {
        leads.contains { principal.leadSight.isResponsible(for: $0.belonging) }
    }
}

/// The SQL of a person's page.
struct PersonReadStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Those of these persons whom somebody looks after, and so sees their numbers whole.
    func responsible(for uids: [UID], _ who: Principal) async throws -> Set<UID> {
        var found: Set<UID> = []
        for uid in uids {
            let leads = try await LeadQueryStore(tx).of(uid, who.leadSight)
            if leads.contains(where: { who.leadSight.isResponsible(for: $0.belonging) }) { found.insert(uid) }
        }
        return found
    }

    /// The person whom a UID, old or new, stands for.
    func find(_ named: UID, _ sight: Sight) async throws -> PersonView {
        let uid = try await AliasStore(tx).survivor(of: named)
        let leads = try await LeadQueryStore(tx).of(uid, sight)
        guard !leads.isEmpty, let side = try await SideStore(tx).load([uid])[uid] else {
            throw Rejection.notFound("person", named)
        }
        let merges = try await MergeStore(tx).of(side.members)
        let reviews = try await ReviewStore(tx).waiting(of: side.members)
        let pins = try await PinStore(tx).of(side.members)
        let parted = Set(pins.flatMap { [$0.pair.low, $0.pair.high] }).subtracting(side.members)
        let others = parted.union(
            merges.flatMap { [$0.survivor, $0.merged] } + reviews.flatMap { [$0.pair.low, $0.pair.high] }
        )
        return PersonView(
            side: side,
            leads: leads,
            merges: merges,
            reviews: reviews,
            pins: pins,
            seenPins: try await PersonScope(tx, sight).seen(of: parted),
            names: try await PersonStore(tx).names(of: others),
            staff: try await StaffStore(tx).names(),
            erasedAt: try await erasedAt(uid),
            referrals: try await PersonReferrals(of: side, sight, tx),
            tags: try await TagStore(tx).of([uid])[uid] ?? [],
            life: try await PersonLife(of: side, tx),
            answers: try await AnswerStore(tx).of(side.members, limit: AnswerPane.shown),
            unreachable: try await AnswerStore(tx).unreachable(side.members)
        )
    }

    private func erasedAt(_ uid: UID) async throws -> Date? {
        try await tx.first("SELECT erased_at FROM persons WHERE uid = \(uid) AND erased_at IS NOT NULL") {
            try $0["erased_at"]
        }
    }
}

extension LeadQueryStore {
    /// Whether somebody sees a lead of this person.
    func seesPerson(_ uid: UID, _ sight: Sight) async throws -> Bool { try await !of(uid, sight).isEmpty }
}
