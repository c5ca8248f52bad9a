import Postgres

/// The laws of the ledger's chains; what breaks one is named by its channel and number.
extension AuditLaw {
    static let chain = [
        AuditLaw(
            name: "ledger-row-changed",
            sentence: "A row of the ledger is not as it was when it was filed, or not in its place.",
            broken: """
                WITH placed AS (
                    SELECT s.*, lag(link) OVER in_channel AS previous, lag(sequence) OVER in_channel AS place_before
                      FROM submissions s WHERE sequence IS NOT NULL
                    WINDOW in_channel AS (PARTITION BY channel ORDER BY sequence)
                )
                SELECT channel || ' ' || sequence || ' ' || id AS id FROM placed
                 WHERE (sequence = 1 OR place_before = sequence - 1)
                   AND link IS DISTINCT FROM ledger_link(
                           CASE sequence WHEN 1 THEN ledger_origin(channel) ELSE previous END,
                           ledger_facts(sequence, id, channel, submission_key, digest, transport, outcome, reason, field,
                                        lead_id, uid, duplicate_of, received_at, body_size, content))
                    OR place_before = sequence
                    OR sequence < 1
                    OR erased_at IS NULL AND content IS DISTINCT FROM
                           ledger_content(body, external_id, campaign, broker_user, detail, notes)
                 ORDER BY channel, sequence
                """
        ),
        AuditLaw(
            name: "ledger-row-missing",
            sentence: "A row of the ledger is gone: the chain of its channel has a gap, or ends before its end.",
            broken: """
                WITH gaps AS (
                    SELECT channel, coalesce(lag(sequence) OVER in_channel, 0) + 1 AS first, sequence - 1 AS last
                      FROM submissions WHERE sequence IS NOT NULL
                    WINDOW in_channel AS (PARTITION BY channel ORDER BY sequence)
                     UNION ALL
                    SELECT c.channel, coalesce(max(s.sequence), 0) + 1, c.sequence
                      FROM chains c LEFT JOIN submissions s ON s.channel = c.channel
                     GROUP BY c.channel, c.sequence
                )
                SELECT channel || ' ' || missing AS id
                  FROM gaps, generate_series(first, least(last, first + 999)) AS missing
                 ORDER BY channel, missing
                """
        ),
        AuditLaw(
            name: "ledger-chain-without-end",
            sentence: "The end of a channel's chain is not where its last row is.",
            broken: """
                WITH ends AS (
                    SELECT DISTINCT ON (channel) channel, sequence, link
                      FROM submissions WHERE sequence IS NOT NULL ORDER BY channel, sequence DESC
                )
                SELECT e.channel || ' ' || e.sequence AS id
                  FROM ends e LEFT JOIN chains c ON c.channel = e.channel
                 WHERE c.sequence IS NULL OR c.sequence < e.sequence
                    OR c.sequence = e.sequence AND c.link <> e.link
                 ORDER BY e.channel
                """
        ),
        AuditLaw(
            name: "ledger-row-unchained",
            sentence:
                "A row of the ledger is in no chain: an older version of Leads wrote it. Leads adopts it when it starts.",
            broken: "SELECT channel || ' ' || id AS id FROM submissions WHERE sequence IS NULL ORDER BY received_at, id"
        ),
    ]
}
