import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import Web

/// Which persons somebody sees who is to say whether two are one.
///
/// Whoever sees either may look, and learns of the other only what does not tell who that is; whoever sees both may decide.
struct PersonScope: Sendable {
    let tx: Transaction
    let sight: Sight

    init(_ tx: Transaction, _ sight: Sight) {
        self.tx = tx
        self.sight = sight
    }

    /// - Returns: those of the two who are seen.
    /// - Throws: a ``Rejection`` as if there were no such person, when it is neither.
    @discardableResult
    func requireEither(_ one: UID, _ other: UID) async throws -> Set<UID> {
        let seen = try await seen(of: [one, other])
        guard !seen.isEmpty else { throw Rejection.notFound("person", one) }
        return seen
    }

    /// - Throws: a ``Rejection`` when one of the two is somebody else's to decide about.
    func requireBoth(_ one: UID, _ other: UID) async throws {
        guard try await requireEither(one, other).count == Set([one, other]).count else { throw Self.beyond }
    }

    /// The same for the two sides that a merge has made one person of: each by a lead that was its own.
    func requireSides(of id: MergeID) async throws {
        guard sight.extent != .all, let merge = try await MergeStore(tx).locked(id), merge.isStanding else { return }
        let survivor = try await AliasStore(tx).survivor(of: merge.merged)
        guard try await !seen(of: [survivor]).isEmpty else { throw Rejection.notFound("merge", id) }
        let parted = try await AliasStore(tx).tree(of: [survivor]).members(of: merge.merged)
        let origins = try await origins(of: survivor)
        guard origins.contains(where: parted.contains), origins.contains(where: { !parted.contains($0) }) else {
            throw Self.beyond
        }
    }

    /// What a decision needs: to put something off, to see either.
    func require(_ decision: DecideReview.Decision, of review: UUID) async throws {
        guard let pair = try await ReviewStore(tx).find(review)?.pair else { return }
        switch decision {
        case .later: try await requireEither(pair.low, pair.high)
        case .merge, .different: try await requireBoth(pair.low, pair.high)
        }
    }

    private static let beyond = Rejection(
        .forbidden,
        "beyond-your-team",
        "One of the two is not your team's: whoever heads the teams decides that."
    )

    /// Those of these persons, by whichever UID of theirs, of whom a lead is seen.
    func seen(of uids: some Collection<UID>) async throws -> Set<UID> {
        guard sight.extent != .all, !uids.isEmpty else { return Set(uids) }
        let seen: [UID] = try await tx.all(
            """
            SELECT DISTINCT u.uid
              FROM unnest(\(uids.map(\.uuid))::uuid[]) AS u (uid)
              LEFT JOIN aliases a ON a.uid = u.uid
              JOIN leads l ON l.uid = coalesce(a.survivor, u.uid) AND \(LeadQueryStore.scope(sight))
            """
        ) { try $0["uid"] }
        return Set(seen)
    }

    /// The UIDs that the leads were told of which are seen of a person.
    private func origins(of uid: UID) async throws -> Set<UID> {
        let origins: [UID] = try await tx.all(
            """
            SELECT DISTINCT coalesce(l.origin, l.uid) AS origin
              FROM leads l WHERE l.uid = \(uid) AND \(LeadQueryStore.scope(sight))
            """
        ) { try $0["origin"] }
        return Set(origins)
    }
}
