import Postgres

/// One law of conservation, as the query that finds what breaks it.
struct AuditLaw: Sendable {
    let name: String
    let sentence: String
    /// Gives the ids, as text in a column `id`, of what breaks the law.
    let broken: SQL

    static let all = rows + chain

    private static let rows = [
        AuditLaw(
            name: "accepted-without-lead",
            sentence: "A submission was accepted, but its lead is gone.",
            broken: """
                SELECT s.id::text AS id FROM submissions s LEFT JOIN leads l ON l.id = s.lead_id
                 WHERE s.outcome IN ('accepted', 'merged') AND l.id IS NULL ORDER BY 1
                """
        ),
        AuditLaw(
            name: "lead-without-submission",
            sentence: "A lead exists, but no submission was accepted as it.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE (SELECT count(*) FROM submissions s WHERE s.lead_id = l.id AND s.outcome = 'accepted') <> 1
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "touches-do-not-add-up",
            sentence: "A lead counts other touches than the ledger has rows for it.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE l.touches <> (SELECT count(*) FROM submissions s WHERE s.lead_id = l.id) ORDER BY 1
                """
        ),
        AuditLaw(
            name: "duplicate-of-nothing",
            sentence: "A submission is a duplicate of one that is gone.",
            broken: """
                SELECT s.id::text AS id FROM submissions s LEFT JOIN submissions f ON f.id = s.duplicate_of
                 WHERE s.outcome = 'duplicate' AND f.id IS NULL ORDER BY 1
                """
        ),
        AuditLaw(
            name: "lead-without-received",
            sentence: "A lead exists, but the journal does not tell that it was received, or tells it twice.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE (SELECT count(*) FROM journal j WHERE j.subject = l.id::text
                           AND j.name = 'leads.lead.received.v1') <> 1
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "lead-without-assigned",
            sentence: "A lead exists, but the journal does not tell who got it.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = l.id::text
                                      AND j.name = 'leads.lead.assigned.v1')
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "received-without-lead",
            sentence: "The journal tells of a lead that is gone.",
            broken: """
                SELECT j.subject AS id FROM journal j
                 WHERE j.name = 'leads.lead.received.v1'
                   AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.id::text = j.subject)
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "touch-without-submission",
            sentence: "The journal tells of other touches than the ledger has merged submissions.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE (SELECT count(*) FROM journal j WHERE j.subject = l.id::text
                           AND j.name = 'leads.lead.touched.v1')
                    <> (SELECT count(*) FROM submissions s WHERE s.lead_id = l.id AND s.outcome = 'merged')
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "nobody-has-it",
            sentence: "A lead has neither an owner nor a pool.",
            broken: "SELECT id::text AS id FROM leads WHERE owner_id IS NULL AND pool IS NULL ORDER BY 1"
        ),
        AuditLaw(
            name: "load-does-not-add-up",
            sentence: "An agent is taken to have other open leads than there are.",
            broken: """
                SELECT r.agent_id::text AS id FROM rotation r
                 WHERE r.load + (SELECT coalesce(sum(c.change), 0) FROM load_changes c WHERE c.agent_id = r.agent_id)
                    <> (SELECT count(*) FROM leads l
                         WHERE l.owner_id = r.agent_id AND l.status IN ('open', 'contacted'))
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "clock-missing",
            sentence: "Nobody has answered an open lead, and no clock of it runs.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE l.status = 'open' AND l.response_step IN ('waiting', 'reminded', 'reassigned')
                   AND NOT EXISTS (SELECT 1 FROM timers t
                                    WHERE t.kind = 'leads.first-response' AND t.key = l.id::text)
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "person-without-identifier",
            sentence: "A person can be reached by nothing that we know.",
            broken: """
                SELECT l.id::text AS id FROM leads l
                 WHERE NOT EXISTS (SELECT 1 FROM identifiers i WHERE i.uid = l.uid)
                   AND NOT EXISTS (SELECT 1 FROM persons p WHERE p.uid = l.uid AND p.erased_at IS NOT NULL)
                 ORDER BY 1
                """
        ),
        AuditLaw(
            name: "outbox-without-journal",
            sentence: "The outbox waits to send an event that the journal does not have.",
            broken: """
                SELECT o.position::text AS id FROM outbox o
                 WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.position = o.position) ORDER BY o.position
                """
        ),
        AuditLaw(
            name: "sequence-gap",
            sentence: "The journal lacks an event of a lead: its sequence has a gap.",
            broken: """
                SELECT j.subject AS id FROM journal j JOIN streams s ON s.subject = j.subject
                 GROUP BY j.subject, s.version HAVING count(*) <> s.version ORDER BY 1
                """
        ),
    ]
}
