import Contracts
import Failures
import Foundation
import Messaging

/// Takes back that two are different people: whoever said so was mistaken.
///
/// They wait to be looked at anew.
struct LiftPin: Sendable {
    /// In the glossary as `persons.lift.<reason>`.
    enum Reason: String, Sendable, CaseIterable {
        case mistake
        /// Something has come to light since.
        case newEvidence = "new-evidence"
        case other

        /// - Throws: a ``Rejection`` when there is no such reason.
        init(chosen text: String) throws {
            guard let reason = Reason(rawValue: text) else {
                let known = Reason.allCases.map(\.rawValue).joined(separator: ", ")
                throw Rejection.invalid("reason", "unknown-reason", "reason is one of \(known).")
            }
            self = reason
        }
    }

    func callAsFunction(_ one: UID, _ other: UID, _ reason: Reason, _ work: Work) async throws {
        let aliases = AliasStore(work.tx)
        let now = try await aliases.survivors(of: [one, other])
        guard let left = now[one], let right = now[other], left != right else {
            throw Rejection(.conflict, "same-person", "They are one person already.")
        }
        try await SideStore(work.tx).lock([left, right].sorted())
        try await ErasureStore(work.tx).refuseErased([left, right])
        let (some, others) = (try await aliases.everybody(behind: [left]), try await aliases.everybody(behind: [right]))
        let store = PinStore(work.tx)
        let lifted = try await store.lift(between: some, and: others, reason, by: work.cause.actor, now: work.now)
        guard let first = lifted.min(by: { $0.at < $1.at }) else {
            throw Rejection(.conflict, "not-different", "Nobody has said that they are different people.")
        }
        try store.reopenReviews(of: lifted.map(\.pair))
        let why = Why(
            rule: "identity.pin-lifted",
            version: 1,
            inputs: ["by": work.cause.actor, "reason": reason.rawValue],
            otherwise: "They would have stayed two for ever."
        )
        // What was never in the queue comes there now; what was keeps the evidence that was found then.
        try await ReviewStore(work.tx).insert([Review(first.pair, why: why, foundAt: work.now)])
        let event = PinLifted(uid: left, otherUID: right, reason: reason.rawValue, pinnedAt: first.at)
        try await work.publish(event, about: left, uid: left)
    }
}
