import Contracts
import Failures
import Foundation
import Messaging

/// What a platform posted to a channel's hook.
struct HookPost: Sendable {
    let channel: String
    let contentType: String?
    let body: [UInt8]
    var traceparent: String?
}

/// What became of one lead of a post.
struct HookReceipt: Encodable, Sendable {
    let receiptId: String
    let outcome: String
    let reason: String?
    let field: String?
    let detail: String?
}

/// Takes what a platform posted in: read by the channel's adapter, then through the same pipeline and into the same ledger as
/// everything else.
struct TakeHook: Sendable {
    let accept: AcceptSubmissions
    let zone: TimeZone
    /// Poked when there is something to fetch.
    let fetching: Signal

    func callAsFunction(_ post: HookPost, _ settings: AdapterSettings, _ work: Work) async throws -> [HookReceipt] {
        let reader = AdapterReader(channel: post.channel, settings: settings, zone: zone, now: work.now)
        let leads = reader.read(post.body, contentType: post.contentType)
        let waiting = try await wait(for: leads.filter(\.isToFetch), post, work)
        let digest = Digest.of(post.body)
        let parsed = leads.enumerated().filter { !$1.isToFetch }.map { index, lead in
            ParsedSubmission(
                ReceivedSubmission(
                    transport: .http,
                    routedChannel: post.channel,
                    // What has no id of its own is told apart by its place in the post.
                    messageID: leads.count > 1 ? "\(digest)/\(index)" : nil,
                    contentType: post.contentType,
                    body: post.body,
                    digest: digest,
                    traceparent: post.traceparent
                ),
                channel: post.channel,
                externalID: lead.externalID,
                reading: lead.reading
            )
        }
        let ids = try await accept(parsed, work)
        var receipts = waiting
        for id in ids {
            if let receipt = try await receipt(of: id, work) { receipts.append(receipt) }
        }
        return receipts
    }

    /// Keeps those that the platform has named by their ids alone, to be fetched a moment later.
    ///
    /// What the ledger has already is only counted.
    private func wait(for leads: [AdaptedLead], _ post: HookPost, _ work: Work) async throws -> [HookReceipt] {
        guard !leads.isEmpty else { return [] }
        let named = Dictionary(leads.compactMap { lead in lead.externalID.map { ($0, lead.item) } }) { first, _ in first
        }
        let ledger = LedgerStore(work.tx)
        let known = try await ledger.known(Set(named.keys.map { LedgerKey(channel: post.channel, key: $0) }))
            .filter(\.isEffective)
        try await ledger.count(Dictionary(known.map { ($0.id, 1) }) { first, _ in first }, now: work.now)
        let there = Set(known.map(\.key.key))
        let waiting = try await FetchStore(work.tx).add(
            named.filter { !there.contains($0.key) }.map { id, item in
                PlatformFetch(
                    id: .v7(at: work.now),
                    channel: post.channel,
                    externalID: id,
                    posted: item,
                    traceparent: post.traceparent,
                    nextAt: work.now,
                    since: work.now
                )
            }
        )
        work.afterCommit { fetching.poke() }
        var receipts: [HookReceipt] = []
        for row in known {
            if let receipt = try await receipt(of: row.id, work) { receipts.append(receipt) }
        }
        return receipts + waiting.sorted { $0.key < $1.key }.map { HookReceipt(waiting: $0.value) }
    }

    private func receipt(of id: UUID, _ work: Work) async throws -> HookReceipt? {
        guard let row = try await LedgerQueryStore(work.tx).find(id) else { return nil }
        return HookReceipt(
            receiptId: id.wire,
            outcome: row.outcome,
            reason: row.reason,
            field: row.field,
            detail: row.detail
        )
    }
}

extension HookReceipt {
    /// Of one that is still to be fetched.
    fileprivate init(waiting id: UUID) {
        self.init(receiptId: id.wire, outcome: "waiting", reason: nil, field: nil, detail: nil)
    }
}
