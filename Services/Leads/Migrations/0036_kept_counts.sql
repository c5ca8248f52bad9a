-- What takes long to count with many people, as it was counted last, and when that was: stages of the life cycle and segments.
CREATE TABLE kept_counts (
    -- `life:<stage>`, or `segment:<id>:<version>`.
    name       text        PRIMARY KEY,
    people     bigint      NOT NULL,
    counted_at timestamptz NOT NULL
);
