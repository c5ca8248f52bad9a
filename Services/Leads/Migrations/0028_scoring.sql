-- The table that gives leads their grade, as an administrator has changed it. Version 1 is the one that is delivered, and
-- no row.
CREATE TABLE grade_tables (
    version    integer     PRIMARY KEY,
    -- In the order in which they are tried.
    rules      jsonb       NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    note       text,
    CONSTRAINT grade_tables_after_the_first CHECK (version > 1)
);

-- What the learned probability is counted from: each deal that is won or lost at present, with what was known of its lead
-- then. A deal that is open again has no row, one that ended differently another.
CREATE TABLE score_cases (
    deal_id   uuid             PRIMARY KEY,
    lead_id   uuid             NOT NULL REFERENCES leads (id),
    outcome   text             NOT NULL,
    -- Value by factor.
    factors   jsonb            NOT NULL,
    -- The probability that was reckoned just before the outcome was known; null where there were too few cases.
    predicted double precision,
    closed_at timestamptz      NOT NULL,
    CONSTRAINT score_cases_outcome CHECK (outcome IN ('won', 'lost'))
);
CREATE INDEX score_cases_by_time ON score_cases (closed_at);
CREATE INDEX score_cases_by_lead ON score_cases (lead_id);

-- The cases, counted by value: always what counting score_cases anew would give. The row of the empty factor counts all.
CREATE TABLE score_counts (
    factor text   NOT NULL,
    value  text   NOT NULL,
    won    bigint NOT NULL,
    lost   bigint NOT NULL,
    PRIMARY KEY (factor, value),
    CONSTRAINT score_counts_positive CHECK (won >= 0 AND lost >= 0)
);
