import Contracts
import Failures
import Foundation
import Logging
import Messaging
import Policies
import Postgres

/// Fetches the leads that platforms have named by their ids, and takes them in like every other.
///
/// The stored post is the work: it is taken up under a pause, asked for while no transaction is open, and goes in the one in
/// which the ledger gets the lead. Whoever dies between leaves it to the next after the pause; what was asked for twice is
/// one lead by its id.
struct FetchLeads: Sendable {
    let spine: Spine
    let accept: AcceptSubmissions
    /// Nil where nothing is asked for.
    let graph: MetaGraph?
    let tokens: AccessTokens
    let zone: TimeZone

    /// Asks for what is due.
    /// - Returns: how many leads that were.
    func callAsFunction() async throws -> Int {
        let due = try await spine.perform(Cause(actor: "system")) { work in
            let policy = try await PolicyStore(work.tx).current(FetchPolicy.self).value
            return try await FetchStore(work.tx).claim(atMost: PlatformFetch.atOnce, policy, now: work.now)
        }
        if !due.isEmpty { Failpoint.hit("fetch.after-claim") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fetch in due { group.addTask { try await self.fetch(fetch) } }
            try await group.waitForAll()
        }
        return due.count
    }

    private func fetch(_ fetch: PlatformFetch) async throws {
        let adapter = try await spine.read { try await AdapterStore($0).find(fetch.channel) }
        do {
            let lead = try await ask(for: fetch, adapter)
            Failpoint.hit("fetch.after-call")
            try await take(lead, of: fetch, adapter)
        } catch let fault as FetchFault {
            try await note(fault, of: fetch)
        }
    }

    private func ask(for fetch: PlatformFetch, _ adapter: StoredAdapter?) async throws(FetchFault) -> Payload {
        guard let adapter else { throw FetchFault(.noToken, "The channel has no hook any more.") }
        guard let graph else { throw FetchFault(.away, "There is nobody to ask.") }
        let token = try tokens.token(of: adapter)
        return try await graph.lead(fetch.externalID, fields: adapter.settings.fetchedFields, token: token)
    }

    /// The lead takes the way of every submission; its row goes in the same transaction.
    private func take(_ lead: Payload, of fetch: PlatformFetch, _ adapter: StoredAdapter?) async throws {
        guard let settings = adapter?.settings else { return }
        let whole = fetch.posted.merged(with: lead)
        let reader = AdapterReader(channel: fetch.channel, settings: settings, zone: zone, now: spine.clock.now)
        let submission = ParsedSubmission(
            try received(whole, fetch),
            channel: fetch.channel,
            externalID: fetch.externalID,
            reading: reader.readFetched(whole).reading
        )
        do {
            try await spine.perform(cause(fetch)) { work in
                guard try await FetchStore(work.tx).locked(fetch.id) != nil else { return }
                try await accept([submission], work)
                try FetchStore(work.tx).done(fetch.id)
                Failpoint.hit("fetch.before-commit")
            }
        } catch let error as PostgresError where error.retry == .never {
            throw FetchFault(.unstorable, "The database does not take it: SQLSTATE \(error.sqlState ?? "unknown").")
        }
    }

    /// Keeps why it came to nothing; ends it where asking again is of no use, or has been for too long.
    private func note(_ fault: FetchFault, of fetch: PlatformFetch) async throws {
        let rejection = Rejection.invalid("leadgen_id", fault.kind.rawValue, fault.detail)
        let submission = ParsedSubmission(
            try received(fetch.posted, fetch),
            channel: fetch.channel,
            externalID: fetch.externalID,
            reading: .failure(rejection)
        )
        try await spine.perform(cause(fetch)) { work in
            let store = FetchStore(work.tx)
            guard let waiting = try await store.locked(fetch.id) else { return }
            let policy = try await PolicyStore(work.tx).current(FetchPolicy.self).value
            guard fault.kind.isFinal || policy.isOver(since: waiting.since, now: work.now) else {
                try store.note(fault, of: fetch.id)
                return work.afterCommit { LeadMetrics.fetchFailed(fetch.channel, fault, isGivenUp: false) }
            }
            try await accept([submission], work)
            try store.giveUp(fetch.id, fault)
            work.afterCommit { LeadMetrics.fetchFailed(fetch.channel, fault, isGivenUp: true) }
        }
        spine.logger.notice(
            "a lead could not be fetched",
            metadata: ["channel": "\(fetch.channel)", "fault": "\(fault.kind.rawValue)"]
        )
    }

    private func received(_ payload: Payload, _ fetch: PlatformFetch) throws -> ReceivedSubmission {
        let body = Array(try payload.json.utf8)
        return ReceivedSubmission(
            id: fetch.id,
            transport: .http,
            routedChannel: fetch.channel,
            contentType: "application/json",
            body: body,
            digest: Digest.of(body),
            traceparent: fetch.traceparent
        )
    }

    private func cause(_ fetch: PlatformFetch) -> Cause {
        Cause(actor: "channel:\(fetch.channel)", correlationID: fetch.id.wire, traceparent: fetch.traceparent)
    }
}
