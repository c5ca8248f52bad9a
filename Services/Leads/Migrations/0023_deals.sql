-- What Sales says of each deal: the newest of it by the deal's own count of events, so that what comes late changes nothing.
CREATE TABLE deal_facts (
    deal_id     uuid        PRIMARY KEY,
    -- Whose it is as it was told: the UID of its lead, else the one that Sales names. Who that is now say the aliases.
    origin      uuid        NOT NULL,
    lead_id     uuid,
    project     text,
    outcome     text        NOT NULL,
    contract_id uuid,
    minor       bigint,
    currency    text,
    won_at      timestamptz,
    sequence    bigint      NOT NULL,
    -- When it was first heard of.
    noted_at    timestamptz NOT NULL,
    CONSTRAINT deal_facts_outcome CHECK (outcome IN ('open', 'won', 'lost')),
    CONSTRAINT deal_facts_won_for_money CHECK (
        outcome <> 'won' OR (minor IS NOT NULL AND currency IS NOT NULL AND won_at IS NOT NULL)
    )
);
CREATE INDEX deal_facts_by_origin ON deal_facts (origin);
CREATE INDEX deal_facts_won ON deal_facts (project, origin) WHERE outcome = 'won';
CREATE INDEX deal_facts_won_at ON deal_facts (won_at) WHERE outcome = 'won';

-- What was known of deals before: those that were won, and of the rest which lead they came from.
INSERT INTO deal_facts (deal_id, origin, lead_id, project, outcome, minor, currency, won_at, sequence, noted_at)
SELECT w.deal_id, coalesce(l.origin, l.uid), l.id, l.project, 'won', w.minor, w.currency, w.won_at, 0,
       l.assigned_at
  FROM lead_wins w JOIN leads l ON l.id = w.lead_id;
INSERT INTO deal_facts (deal_id, origin, lead_id, project, outcome, sequence, noted_at)
SELECT DISTINCT ON (deal_id) deal_id, coalesce(origin, uid), id, project,
       CASE deal_outcome WHEN 'lost' THEN 'lost' ELSE 'open' END, 0, assigned_at
  FROM leads WHERE deal_id IS NOT NULL ORDER BY deal_id, id
ON CONFLICT DO NOTHING;
