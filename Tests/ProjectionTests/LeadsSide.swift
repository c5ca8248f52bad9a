import Contracts
import Foundation
import Messaging
import Policies
import Postgres
import TestSupport

@testable import Leads

/// Leads, and what channels and its people do.
struct LeadsSide: Sendable {
    let app: LeadsApp

    static var migrations: URL { LeadsApp.resources.bundleURL.appending(path: "Migrations") }

    init(_ spine: Spine) async throws {
        app = LeadsApp(spine)
        try await spine.perform(Cause(actor: "test")) { work in
            try await ChannelStore(work.tx).save([
                Channel(ChannelSeed(name: "web", kind: "website", key: "secret")),
                Channel(ChannelSeed(name: "showroom", kind: "showroom", key: nil)),
            ])
        }
    }

    var side: Side {
        Side(
            spine: app.spine,
            subscriptions: app.subscriptions,
            timers: app.timers,
            projections: app.projections,
            settle: settle
        )
    }

    /// What follows a moment later: sums, tags, scores, counts.
    private func settle() async throws {
        try await app.foldReturn.all()
        let turns = TagTurns(keep: app.keepTags, fold: app.foldTags, spine: app.spine, logger: testLogger("tags"))
        while try await turns() {}
        while try await app.scoreLeads() {}
        try await app.spine.perform(Cause(actor: "test")) { work in
            try await KeptCountStore(work.tx).countAll(at: work.now)
            let coverage = TagCoverageStore(work.tx)
            try coverage.save(try await coverage.count(at: work.now))
        }
    }

    func enquire(_ body: String, channel: String) async throws {
        let bytes = Array(body.utf8)
        let submission = ReceivedSubmission(
            transport: .amqp,
            routedChannel: channel,
            brokerUser: nil,
            messageID: nil,
            contentType: "application/json",
            body: bytes,
            digest: Digest.of(bytes)
        )
        try await app.spine.perform(Cause(actor: "test")) { work in
            _ = try await app.acceptSubmissions([submission], work)
        }
    }

    func persons() async throws -> [UID] {
        try await app.spine.read { tx in
            try await tx.all(
                "SELECT uid FROM persons WHERE uid NOT IN (SELECT uid FROM aliases) ORDER BY created_at, uid"
            ) {
                try $0["uid"]
            }
        }
    }

    func merge(_ other: UID, into one: UID) async throws {
        try await app.spine.perform(.staff(.new())) { work in
            _ = try await app.mergePersons(other, into: one, why: Merge.byHand(), work)
        }
    }

    /// Takes a merge back, the newest first.
    func unmerge() async throws {
        let everybody: [UID] = try await app.spine.read { tx in
            try await tx.all("SELECT uid FROM persons") { try $0["uid"] }
        }
        let merges = try await app.spine.read { try await MergeStore($0).of(everybody) }.filter(\.isStanding)
        guard let last = merges.max(by: { $0.id < $1.id }) else { return }
        try await app.spine.perform(.staff(.new())) { work in
            _ = try await app.unmergePersons(last.id, different: false, work)
        }
    }

    /// Gives up the open lead that has waited longest.
    func discard(_ reason: String) async throws {
        try await app.spine.perform(.staff(.new())) { work in
            let id: LeadID? = try await work.tx.first(
                "SELECT id FROM leads WHERE status = 'open' ORDER BY received_at, id LIMIT 1"
            ) { try $0["id"] }
            guard let id, let lead = try await LeadStore(work.tx).locked(id) else { return }
            try await app.discardLead([lead], try DiscardReason(chosen: reason), note: nil, work)
        }
    }

    /// From a few deals on the score speaks.
    func learnFromFew() async throws {
        try await app.spine.perform(Cause(actor: "test")) { work in
            let values: [String: Double] = ["minimumCases": 2, "minimumPerValue": 0]
            try await app.changePolicy("score.learning", PolicyWish(version: 1, values: values, note: nil), work)
        }
    }

    func forget(_ uid: UID) async throws {
        try await app.spine.perform(.staff(.new())) { work in
            try await app.erasePerson(uid, reason: "asked for it", work)
        }
    }
}
