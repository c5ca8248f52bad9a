import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of leads that are to be fetched from platforms.
struct FetchStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Keeps what was named, each lead once.
    ///
    /// One that waits already stays as it is, one that was given up waits again.
    /// - Returns: the id of each, by the platform's.
    func add(_ fetches: [PlatformFetch]) async throws -> [String: UUID] {
        let sorted = fetches.sorted { ($0.channel, $0.externalID) < ($1.channel, $1.externalID) }
        let rows = try await tx.all(
            """
            INSERT INTO platform_fetches AS f (id, channel, external_id, posted, traceparent, next_at, since)
            SELECT id, channel, external_id, posted, traceparent, next_at, next_at
              FROM unnest(\(sorted.map(\.id))::uuid[], \(sorted.map(\.channel))::text[],
                          \(sorted.map(\.externalID))::text[],
                          \(try sorted.map { JSONText(try $0.posted.json) })::jsonb[],
                          \(sorted.map(\.traceparent))::text[], \(sorted.map(\.nextAt))::timestamptz[])
                   AS t (id, channel, external_id, posted, traceparent, next_at)
            ON CONFLICT (channel, external_id) DO UPDATE
               SET state = 'waiting',
                   id = CASE f.state WHEN 'given-up' THEN EXCLUDED.id ELSE f.id END,
                   attempts = CASE f.state WHEN 'given-up' THEN 0 ELSE f.attempts END,
                   since = CASE f.state WHEN 'given-up' THEN EXCLUDED.since ELSE f.since END,
                   next_at = CASE f.state WHEN 'given-up' THEN EXCLUDED.next_at ELSE f.next_at END
            RETURNING f.external_id, f.id
            """
        ) { (try $0["external_id"] as String, try $0["id"] as UUID) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Takes up what is due: nobody else does so before the pause is over that each is given.
    func claim(atMost limit: Int, _ policy: FetchPolicy, now: Date) async throws -> [PlatformFetch] {
        let due = try await fetches(
            """
            WHERE state = 'waiting' AND next_at <= \(now) ORDER BY next_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """
        )
        guard !due.isEmpty else { return [] }
        let claimed = due.map { fetch in
            var fetch = fetch
            fetch.attempts += 1
            fetch.triedAt = now
            fetch.nextAt = now.addingTimeInterval(policy.pause(after: fetch.attempts))
            return fetch
        }
        try await tx.execute(
            """
            UPDATE platform_fetches f SET attempts = t.attempts, tried_at = \(now), next_at = t.next_at
              FROM unnest(\(claimed.map(\.id))::uuid[], \(claimed.map(\.attempts))::bigint[],
                          \(claimed.map(\.nextAt))::timestamptz[]) AS t (id, attempts, next_at)
             WHERE f.id = t.id
            """
        )
        return claimed
    }

    /// One that is waiting still, locked.
    func locked(_ id: UUID) async throws -> PlatformFetch? {
        try await fetches("WHERE id = \(id) AND state = 'waiting' FOR UPDATE").first
    }

    func find(_ id: UUID) async throws -> PlatformFetch? { try await fetches("WHERE id = \(id)").first }

    /// Those of a channel, the oldest first.
    func of(_ channel: String, limit: Int) async throws -> [PlatformFetch] {
        try await fetches("WHERE channel = \(channel) ORDER BY state DESC, since, id LIMIT \(limit)")
    }

    /// How many of a channel wait.
    func waiting(of channel: String) async throws -> Int {
        try await tx.first(
            "SELECT count(*) AS count FROM platform_fetches WHERE channel = \(channel) AND state = 'waiting'"
        ) { try $0["count"] } ?? 0
    }

    /// What waits in all channels, and in those that fetch nothing too.
    func backlog() async throws -> [FetchBacklog] {
        try await tx.all(
            """
            SELECT c.name, count(f.id) FILTER (WHERE f.state = 'waiting') AS waiting,
                   count(f.id) FILTER (WHERE f.state = 'given-up') AS given_up,
                   min(f.since) FILTER (WHERE f.state = 'waiting') AS oldest
              FROM channels c LEFT JOIN platform_fetches f ON f.channel = c.name
             GROUP BY c.name ORDER BY c.name
            """
        ) { row in
            FetchBacklog(
                channel: try row["name"],
                waiting: try row["waiting"],
                givenUp: try row["given_up"],
                oldest: try row["oldest"]
            )
        }
    }

    func note(_ fault: FetchFault, of id: UUID) throws {
        try tx.later(
            "UPDATE platform_fetches SET fault = \(fault.kind.rawValue), detail = \(fault.detail) WHERE id = \(id)"
        )
    }

    func giveUp(_ id: UUID, _ fault: FetchFault) throws {
        try note(fault, of: id)
        try tx.later("UPDATE platform_fetches SET state = 'given-up' WHERE id = \(id)")
    }

    func done(_ id: UUID) throws { try tx.later("DELETE FROM platform_fetches WHERE id = \(id)") }

    /// Has all of a channel tried again at once; what was given up gets a receipt of its own, since it has a row already.
    func tryAgain(_ channel: String, now: Date) async throws {
        let all = try await fetches("WHERE channel = \(channel) ORDER BY id FOR UPDATE")
        let ids = all.map { $0.state == .givenUp ? UUID.v7(at: now) : $0.id }
        try await tx.execute(
            """
            UPDATE platform_fetches f
               SET id = t.new_id, state = 'waiting', next_at = \(now),
                   attempts = CASE f.state WHEN 'given-up' THEN 0 ELSE f.attempts END,
                   since = CASE f.state WHEN 'given-up' THEN \(now) ELSE f.since END
              FROM unnest(\(all.map(\.id))::uuid[], \(ids)::uuid[]) AS t (id, new_id)
             WHERE f.id = t.id
            """
        )
    }

    /// Lets go of what was given up before a time: the platform does not have it any more.
    func removeOld(before time: Date) throws {
        try tx.later("DELETE FROM platform_fetches WHERE state = 'given-up' AND since < \(time)")
    }

    private func fetches(_ rest: SQL) async throws -> [PlatformFetch] {
        try await tx.all(
            """
            SELECT id, channel, external_id, posted, traceparent, state, attempts, next_at, fault, detail, since, tried_at
              FROM platform_fetches \(rest)
            """,
            as: PlatformFetch.init(row:)
        )
    }
}

extension PlatformFetch {
    fileprivate init(row: Row) throws {
        let posted: JSONText = try row["posted"]
        let fault: String? = try row["fault"]
        let detail: String? = try row["detail"]
        self.init(
            id: try row["id"],
            channel: try row["channel"],
            externalID: try row["external_id"],
            posted: try Payload(Array(posted.text.utf8), contentType: nil),
            traceparent: try row["traceparent"],
            state: State(rawValue: try row["state"]) ?? .waiting,
            attempts: try row["attempts"],
            nextAt: try row["next_at"],
            fault: fault.flatMap { FetchFault.Kind(rawValue: $0) }.map { FetchFault($0, detail ?? "") },
            since: try row["since"],
            triedAt: try row["tried_at"]
        )
    }
}
