-- Saved questions over people: whoever answers to all tests belongs to the segment, as of now.
CREATE TABLE segments (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL,
    tests      jsonb       NOT NULL,
    version    integer     NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT segments_name_once UNIQUE (name)
);

-- Who has been quiet for long, and who was just here.
CREATE INDEX leads_by_touch ON leads (last_touch_at);
