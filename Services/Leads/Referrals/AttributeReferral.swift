import Contracts
import Foundation
import Messaging
import Policies

/// A code that came with an enquiry, on its way to whom it belongs.
struct NamedCode: Codable, Sendable, Equatable {
    /// As it was written, where that may be a code at all; empty otherwise: people write numbers and names there too.
    let code: String
    let leadID: LeadID
    /// Whom the enquiry speaks of.
    let uid: UID
    let namedAt: Date

    init(_ written: String, lead: LeadID, uid: UID, at time: Date) {
        code = ReferralCode(written)?.text ?? ""
        leadID = lead
        self.uid = uid
        namedAt = time
    }

    /// The intake only sets a timer, among those that it sets anyway, and waits for nobody.
    func timer(_ submission: UUID, _ cause: Cause) throws -> TimerDraft {
        try TimerDraft(AttributeReferral.timerKind, key: submission.wire, at: namedAt, payload: self, cause: cause)
    }
}

/// Says whom a lead was recommended by, a moment after the intake.
struct AttributeReferral: Sendable {
    static let timerKind = "leads.referral.named"

    let settle: SettleReferrals

    func callAsFunction(_ timer: DueTimer, _ work: Work) async throws {
        try await self(try timer.payload(NamedCode.self), work)
    }

    func callAsFunction(_ named: NamedCode, _ work: Work) async throws {
        let store = ReferralStore(work.tx)
        let code = ReferralCode(named.code)
        var owner: UID?
        if let code { owner = try await ReferralCodeStore(work.tx).owner(of: code) }
        // Whoever joins one of the two with somebody waits until it is known what that means for the reward.
        let concerned = Set(
            try await AliasStore(work.tx).survivors(of: [named.uid] + (owner.map { [$0] } ?? [])).values
        )
        _ = try await PersonStore(work.tx).locked(concerned)
        guard let lead = try await LeadStore(work.tx).locked(named.leadID) else { return }
        let known = try await store.ofLead(lead.id)
        // The first who is named has it; a code that nobody has does not use that up.
        guard known == nil || (known?.referrer == nil && owner != nil) else { return }
        let policy = try await PolicyStore(work.tx).current(ReferralPolicy.self)
        let before = try await ReferralQueryStore(work.tx).lastTouch(before: lead)
        let objection = Self.objection(
            to: named,
            hasOwner: owner != nil,
            lead.receivedAt,
            knownSince: before,
            policy.value
        )
        let referral = Referral(
            id: known?.id ?? .new(),
            leadID: lead.id,
            code: code?.text ?? "–",
            referrer: owner,
            referred: named.uid,
            state: .blocked,
            objection: objection,
            why: Why(rule: "referral.arrived", version: 1),
            rewards: policy.value.rewards,
            policyVersion: policy.version,
            arrivedAt: named.namedAt,
            expiresAt: named.namedAt.addingTimeInterval(Double(policy.value.expiresDays) * 86_400)
        )
        try await settle.arrived(referral, work)
    }

    /// What speaks against a referral from the start.
    static func objection(
        to named: NamedCode,
        hasOwner: Bool,
        _ receivedAt: Date,
        knownSince before: Date?,
        _ policy: ReferralPolicy
    ) -> Referral.Objection? {
        guard hasOwner else { return .unknownCode }
        if let before, before > receivedAt.addingTimeInterval(-Double(policy.knownDays) * 86_400) {
            return .knownAlready
        }
        let latest = receivedAt.addingTimeInterval(Double(policy.claimDays) * 86_400)
        return named.namedAt > latest ? .tooLate : nil
    }
}
