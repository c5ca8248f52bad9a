-- Who has taken lists of leads out of the console as files: begun before the first row leaves, ended with how many did.
CREATE TABLE exports (
    id          uuid        PRIMARY KEY,
    staff_id    uuid        NOT NULL,
    -- What the list was narrowed to; of a search only that there was one.
    filter      jsonb       NOT NULL,
    is_unmasked boolean     NOT NULL,
    reason      text,
    began_at    timestamptz NOT NULL,
    -- Null while it is under way, and for ever if the process ended in the middle of it.
    ended_at    timestamptz,
    row_count   bigint,
    CONSTRAINT exports_unmasked_for_a_reason CHECK (NOT is_unmasked OR reason IS NOT NULL)
);
CREATE INDEX exports_by_time ON exports (began_at DESC, id DESC);
