-- When the person of a lead is to be called next: what somebody has agreed with them, else what the policy says of the grade.
ALTER TABLE leads
    ADD COLUMN next_at     timestamptz,
    -- What is to be done then.
    ADD COLUMN next_note   text,
    -- Who has said so; nobody where the policy has.
    ADD COLUMN next_set_by uuid,
    ADD COLUMN next_set_at timestamptz,
    -- Who has been told that it is due.
    ADD COLUMN next_step   text,
    ADD COLUMN next_why    jsonb,
    ADD CONSTRAINT leads_next_step CHECK (next_step IN ('waiting', 'reminded', 'escalated')),
    ADD CONSTRAINT leads_next_whole CHECK ((next_at IS NULL) = (next_step IS NULL));
-- The list of what is due first; a new lead has none, so the intake does nothing for it.
CREATE INDEX leads_by_next ON leads (next_at, id) WHERE status = 'contacted' AND next_at IS NOT NULL;
