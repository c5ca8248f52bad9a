import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

/// What the office does about those who recommend it.
extension Office {
    /// Somebody enquires who has a code to pass on from then on.
    func friend(_ phone: String = "13900000001") async throws -> (uid: UID, code: String) {
        try await push(Office.enquiry("friend-\(phone)", phone: phone))
        let uid = try #require(try await leads().last?.uid)
        return (uid, try await code(for: uid))
    }

    func code(for uid: UID) async throws -> String {
        try await spine.perform(.staff(.new())) { try await app.makeReferralCode(for: uid, $0) }
    }

    /// Somebody enquires who was recommended; whom it is about is said a moment later.
    @discardableResult
    func recommended(_ code: String, _ id: String = "new", phone: String = "13800000001") async throws -> Lead {
        let more = #", "referrer": {"code": "\#(code)"}"#
        try await push(Office.enquiry(id, phone: phone, more: more))
        try await attribute()
        return try #require(try await leads().last)
    }

    func attribute() async throws {
        try await spine.fireTimers(app.timers.filter { $0.kind == AttributeReferral.timerKind })
    }

    func referral(of lead: Lead) async throws -> Referral? {
        try await spine.read { try await ReferralStore($0).ofLead(lead.id) }
    }

    func pay(_ lead: Lead, _ reference: String = "FB-1") async throws {
        let referral = try #require(try await referral(of: lead))
        try await spine.perform(.staff(.new())) { try await app.payReferral(referral.id, reference: reference, $0) }
    }

    /// The states that referrals have come to, as was told.
    func told() async throws -> [String] {
        try await spine.events(of: ReferralChanged.self).map(\.state)
    }

    // MARK: Deals

    func opens(_ lead: Lead, _ deal: DealID, project: String? = nil, sequence: Int64 = 1) async throws {
        let opened = DealOpened(
            dealID: deal,
            uid: lead.uid,
            leadID: lead.id,
            ownerID: .new(),
            title: "t",
            project: project,
            stage: "first-talk"
        )
        try await twice(opened, deal, lead, sequence)
    }

    func wins(_ lead: Lead, _ deal: DealID, minor: Int64 = 300_000_000, sequence: Int64 = 2) async throws {
        let won = DealWon(
            dealID: deal,
            uid: lead.uid,
            leadID: lead.id,
            ownerID: .new(),
            contractID: .new(),
            price: Money(minor: minor)
        )
        try await twice(won, deal, lead, sequence)
    }

    func loses(_ lead: Lead, _ deal: DealID, sequence: Int64 = 3) async throws {
        let lost = DealLost(dealID: deal, uid: lead.uid, leadID: lead.id, ownerID: .new(), reason: "price")
        try await twice(lost, deal, lead, sequence)
    }

    func reopens(_ lead: Lead, _ deal: DealID, sequence: Int64 = 4) async throws {
        let moved = DealStageChanged(
            dealID: deal,
            uid: lead.uid,
            from: "won",
            to: "negotiation",
            probability: 70,
            ownerID: .new()
        )
        try await twice(moved, deal, lead, sequence)
    }

    /// As the broker may deliver it: the same message again, and what it says once more under another id.
    private func twice(_ message: some Contract, _ deal: DealID, _ lead: Lead, _ sequence: Int64) async throws {
        let id = UUID.v7()
        for id in [id, id, .v7()] {
            try await hear(message, about: deal, uid: lead.uid, id: id, sequence: sequence)
        }
    }
}
