import Contracts
import Foundation
import Messaging
import Policies

/// Knows which numbers and addresses do not work.
///
/// After so many messages in a row that failed for good nothing is sent there that nobody waits for; what is business under
/// way is still tried, since it matters to the person and is how we hear that the number works again. Whatever arrives, and
/// an enquiry that names the number anew, ends it.
struct KeepReach: Sendable {
    /// What attempts of one batch have shown, by message.
    func shown(_ proofs: [MessageID: ReachProof], _ work: Work) async throws {
        guard !proofs.isEmpty else { return }
        let store = FailingAddressStore(work.tx)
        let sorted = proofs.sorted { $0.key < $1.key }
        let cleared = try await store.clear(whereArrived: sorted.filter { $0.value == .works }.map(\.key))
        try await tell(cleared, "arrived", work)
        let failed = sorted.compactMap { id, proof -> (id: MessageID, reason: String)? in
            guard case .fails(let reason) = proof else { return nil }
            return (id, reason)
        }
        guard !failed.isEmpty else { return }
        let policy = try await PolicyStore(work.tx).current(ReachPolicy.self)
        for failing in try await store.note(failed, at: work.now)
        where !failing.isMarked && failing.failures >= policy.value.failures {
            let why = KeepReach.why(failing, policy)
            try store.mark(failing.place, why, at: work.now)
            let people = try await store.people(at: failing.place)
            try await work.publish(people.map { KeepReach.draft(failing, why, of: $0, work.cause) })
        }
    }

    /// Enquiries have named numbers and addresses themselves.
    func named(_ places: [FailingAddressStore.Address], _ work: Work) async throws {
        try await tell(try await FailingAddressStore(work.tx).clear(places), "named-again", work)
    }

    /// The same of people of whom no more is told than by which means they named.
    func named(_ people: [(uid: UID, channels: [String])], _ work: Work) async throws {
        guard !people.isEmpty else { return }
        let customers = try await RecipientStore(work.tx).customers(people.map(\.uid))
        try await named(
            people.flatMap { one in
                one.channels.compactMap(Channel.init(rawValue:)).compactMap { channel in
                    let address = channel == .sms ? customers[one.uid]?.phone : customers[one.uid]?.email
                    return address.map { FailingAddressStore.Address(channel: channel, address: $0) }
                }
            },
            work
        )
    }

    /// People are told of with other numbers or addresses than before; asked before those are kept.
    func changed(_ people: [(person: PersonIdentified, sequence: Int64)], _ work: Work) async throws {
        let changes = try await FailingAddressStore(work.tx).changes(people)
        try await work.publish(
            changes.map { change in
                if let failing = change.failing, let why = change.why {
                    return KeepReach.draft(failing, why, of: change.uid, work.cause)
                }
                let event = RecipientReachable(
                    uid: change.uid,
                    channel: change.channel.rawValue,
                    reason: "other-address"
                )
                return Draft(event, about: change.uid, uid: change.uid, cause: work.cause)
            }
        )
    }

    private func tell(_ places: [FailingAddressStore.Address], _ reason: String, _ work: Work) async throws {
        for place in places {
            let people = try await FailingAddressStore(work.tx).people(at: place)
            try await work.publish(
                people.map { uid in
                    let event = RecipientReachable(uid: uid, channel: place.channel.rawValue, reason: reason)
                    return Draft(event, about: uid, uid: uid, cause: work.cause)
                }
            )
        }
    }

    private static func draft(
        _ failing: FailingAddressStore.Failing,
        _ why: Contracts.Why,
        of uid: UID,
        _ cause: Cause
    ) -> Draft {
        let event = RecipientUnreachable(
            uid: uid,
            channel: failing.place.channel.rawValue,
            reason: failing.reason,
            failures: failing.failures,
            since: failing.since,
            why: why
        )
        return Draft(event, about: uid, uid: uid, cause: cause)
    }

    private static func why(
        _ failing: FailingAddressStore.Failing,
        _ policy: Versioned<ReachPolicy>
    ) -> Contracts.Why {
        Contracts.Why(
            rule: ReachPolicy.name,
            version: policy.version,
            inputs: [
                "failures": "\(failing.failures)", "limit": "\(policy.value.failures)", "reason": failing.reason,
                "since": Contracts.Wire.text(of: failing.since),
            ],
            otherwise: "Any message that arrives, and an enquiry that names it anew, ends this."
        )
    }
}
