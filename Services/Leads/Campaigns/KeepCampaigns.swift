import Contracts
import Failures
import Foundation
import Messaging

/// Makes campaigns and books what they cost.
struct KeepCampaigns: Sendable {
    func add(_ draft: CampaignDraft, _ work: Work) async throws -> UUID {
        let (key, title, period) = try draft.checked()
        guard try await ChannelStore(work.tx).find(draft.channel) != nil else {
            throw Rejection.invalid("channel", "unknown-channel", "There is no such channel.")
        }
        let campaign = Campaign(id: .v7(at: work.now), key: key, title: title, channel: draft.channel, period: period)
        guard try await CampaignStore(work.tx).add(campaign, by: work.cause.actor, at: work.now) else {
            throw Rejection(.conflict, "campaign-exists", "There is a campaign of that key.", field: "key")
        }
        return campaign.id
    }

    /// - Returns: the cost's id.
    @discardableResult
    func book(_ draft: CostDraft, of campaign: UUID, _ work: Work) async throws -> UUID {
        let period = try draft.checked()
        let store = CampaignStore(work.tx)
        guard try await store.find(campaign) != nil else { throw Rejection.notFound("campaign", campaign.wire) }
        let cost = CampaignCost(
            id: .v7(at: work.now),
            period: period,
            minor: draft.minor,
            note: draft.note?.withoutNUL.cleaned(atMost: 200),
            bookedBy: work.cause.actor,
            bookedAt: work.now,
            isCancelled: false
        )
        try await store.book(cost, of: campaign)
        return cost.id
    }

    func cancel(_ cost: UUID, of campaign: UUID, _ work: Work) async throws {
        guard try await CampaignStore(work.tx).cancel(cost, of: campaign, by: work.cause.actor, at: work.now) else {
            throw Rejection.notFound("cost", cost.wire)
        }
    }
}
