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

    func callAsFunction(_ post: HookPost, _ settings: AdapterSettings, _ work: Work) async throws -> [HookReceipt] {
        let reader = AdapterReader(channel: post.channel, settings: settings, zone: zone, now: work.now)
        let leads = reader.read(post.body, contentType: post.contentType)
        let digest = Digest.of(post.body)
        let parsed = leads.enumerated().map { index, lead in
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
        var receipts: [HookReceipt] = []
        for id in ids {
            guard let row = try await LedgerQueryStore(work.tx).find(id) else { continue }
            receipts.append(
                HookReceipt(
                    receiptId: id.wire,
                    outcome: row.outcome,
                    reason: row.reason,
                    field: row.field,
                    detail: row.detail
                )
            )
        }
        return receipts
    }
}
