import Contracts
import Failures
import Foundation
import Messaging
import Web

/// What people do about referrals: make somebody a code, and note that a reward was paid.
struct PayReferral: Sendable {
    /// Who sees all referrals.
    static let readers: [Role] = [.marketing, .manager, .head, .clerk]
    /// Who may say that a reward was paid.
    static let payers: [Role] = [.clerk, .manager, .head]

    let settle: SettleReferrals

    func callAsFunction(_ id: ReferralID, reference: String, _ work: Work) async throws {
        guard let reference = reference.withoutNUL.cleaned(atMost: 100) else {
            throw Rejection.invalid(
                "reference",
                "missing",
                "reference says under what it was paid, in at most 100 characters."
            )
        }
        let store = ReferralStore(work.tx)
        guard let named = try await store.find(id) else { throw Rejection.notFound("referral", id) }
        // What is known may be older than what is so: an earned reward is one that is earned now.
        try await settle(ofAnyOf: [named.referred], work)
        guard var referral = try await store.find(id) else { throw Rejection.notFound("referral", id) }
        guard referral.state == .earned else {
            throw Rejection(
                .conflict,
                "referral-not-earned",
                "Only a reward that is earned and not yet paid can be paid."
            )
        }
        referral.paidAt = work.now
        referral.paidBy = work.cause.actor
        referral.reference = reference
        try store.save(referral)
        try await settle(ofAnyOf: [referral.referred], work)
    }
}

/// Gives a person a code to pass on.
struct MakeReferralCode: Sendable {
    /// Whoever has bought gets one without being asked; nobody who is unknown or was forgotten.
    func bought(_ uid: UID, _ work: Work) async throws {
        let person = try await AliasStore(work.tx).survivor(of: uid)
        guard try await PersonStore(work.tx).all([person])[person] != nil,
            try await !ErasureStore(work.tx).isErased(person)
        else { return }
        try await self(for: person, work)
    }

    /// - Returns: the person's code; the one they have, if they have one.
    @discardableResult
    func callAsFunction(for uid: UID, _ work: Work) async throws -> String {
        let store = ReferralCodeStore(work.tx)
        let members = try await AliasStore(work.tx).everybody(behind: [uid])
        try await ErasureStore(work.tx).refuseErased(members)
        for _ in 0..<20 {
            if let code = try await store.codes(of: members).first { return code }
            let code = ReferralCode.random()
            if try await store.make(code, for: uid, by: work.cause.actor, at: work.now) { return code.text }
        }
        throw Rejection(.conflict, "no-code-left", "No code could be found that is free.")
    }
}
