import Foundation
import Messaging
import Postgres

/// The SQL of the ledger's chains.
struct LedgerChainStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Locks the ends of chains, in order, until the transaction ends, and returns them; begins those that are new.
    func locked(_ names: Set<String>) async throws -> LedgerChains {
        let channels = names.sorted()
        let known = try await ends(of: channels)
        guard known.count < channels.count else { return LedgerChains(ends: known) }
        try await tx.execute(
            """
            INSERT INTO chains (channel, link)
            SELECT channel, ledger_origin(channel) FROM unnest(\(channels)::text[]) AS t (channel) ORDER BY channel
            ON CONFLICT DO NOTHING
            """
        )
        return LedgerChains(ends: try await ends(of: channels))
    }

    private func ends(of channels: [String]) async throws -> [String: LedgerChains.End] {
        let ends = try await tx.all(
            """
            SELECT channel, sequence, link FROM chains WHERE channel = ANY(\(channels)::text[])
             ORDER BY channel FOR UPDATE
            """
        ) { row in
            let link: Bytes = try row["link"]
            return (try row["channel"] as String, LedgerChains.End(sequence: try row["sequence"], link: link.bytes))
        }
        return Dictionary(ends) { first, _ in first }
    }

    /// The statement that moves the ends of chains to where they are now.
    static func moving(_ chains: LedgerChains) -> SQL {
        let ends = chains.ends.sorted { $0.key < $1.key }
        return """
            UPDATE chains c SET sequence = t.sequence, link = t.link
              FROM unnest(\(ends.map(\.key))::text[], \(ends.map(\.value.sequence))::bigint[],
                          \(ends.map { Bytes($0.value.link) })::bytea[]) AS t (channel, sequence, link)
             WHERE c.channel = t.channel
            """
    }

    /// Where each chain ends.
    func ends() async throws -> [AuditReport.Chain] {
        try await tx.all("SELECT channel, sequence, encode(link, 'hex') AS link FROM chains ORDER BY channel") {
            AuditReport.Chain(channel: try $0["channel"], rows: try $0["sequence"], link: try $0["link"])
        }
    }

    /// Chains rows that a version of Leads wrote which knew no chains, the oldest first; returns how many it found.
    func adopt(atMost limit: Int) async throws -> Int {
        // One replica adopts at a time, so that the rows whose channels are locked are those that are chained.
        try tx.later("SELECT pg_advisory_xact_lock(hashtextextended('lintel.adoption', 0))")
        let channels: [String] = try await tx.all(
            """
            SELECT DISTINCT channel
              FROM (SELECT channel FROM submissions WHERE sequence IS NULL ORDER BY received_at, id LIMIT \(limit)) AS late
             ORDER BY channel
            """
        ) { try $0["channel"] }
        guard !channels.isEmpty else { return 0 }
        _ = try await locked(Set(channels))
        return try await chain(atMost: limit)
    }

    /// Puts the oldest rows without a place at the ends of their channels' chains, which are locked.
    private func chain(atMost limit: Int) async throws -> Int {
        let found: Int? = try await tx.first(
            """
            WITH late AS (
                SELECT s.*, c.link AS last_link, row_number() OVER in_channel AS nth,
                       c.sequence + row_number() OVER in_channel AS place,
                       ledger_content(body, external_id, campaign, broker_user, detail, notes) AS digest_of_content
                  FROM (SELECT * FROM submissions WHERE sequence IS NULL
                         ORDER BY received_at, id LIMIT \(limit)) AS s
                  JOIN chains c ON c.channel = s.channel
                WINDOW in_channel AS (PARTITION BY s.channel ORDER BY s.received_at, s.id)
            ), stated AS (
                SELECT late.*, ledger_facts(place, id, channel, submission_key, digest, transport, outcome, reason, field,
                                            lead_id, uid, duplicate_of, received_at, body_size, digest_of_content) AS facts
                  FROM late
            ), linked AS (
                SELECT id, channel, place, digest_of_content,
                       ledger_chain(CASE nth WHEN 1 THEN ledger_link(last_link, facts) ELSE facts END)
                           OVER (PARTITION BY channel ORDER BY place) AS new_link
                  FROM stated
            ), adopted AS (
                UPDATE submissions s SET sequence = l.place, content = l.digest_of_content, link = l.new_link
                  FROM linked l WHERE s.id = l.id
            ), moved AS (
                UPDATE chains c SET sequence = a.place, link = a.new_link
                  FROM (SELECT DISTINCT ON (channel) channel, place, new_link FROM linked
                         ORDER BY channel, place DESC) AS a
                 WHERE c.channel = a.channel
            )
            SELECT count(*) AS rows FROM linked
            """
        ) { try $0["rows"] }
        return found ?? 0
    }
}

/// Chains what an older version of Leads has filed: at the start, and once.
struct AdoptLedger: Sendable {
    private static let batch = 5_000

    let spine: Spine

    func callAsFunction() async throws {
        while try await spine.perform(
            Cause(actor: "system"),
            { work in
                try await LedgerChainStore(work.tx).adopt(atMost: AdoptLedger.batch)
            }
        ) == AdoptLedger.batch {}
    }
}
