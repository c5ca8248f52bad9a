-- What is known of people beyond how to reach them: a key and a value, from somewhere, for so long. Values that
-- contradict each other are all kept; `is_winner` says which one holds.
CREATE TABLE tags (
    uid         uuid        NOT NULL REFERENCES persons (uid),
    key         text        NOT NULL,
    value       text        NOT NULL,
    -- Where it is from: what the person wrote, what happened, or a member of staff.
    source      text        NOT NULL,
    -- Percent.
    confidence  integer     NOT NULL,
    -- The lead or the event that it was taken from.
    origin      text        NOT NULL,
    noted_at    timestamptz NOT NULL,
    valid_until timestamptz,
    -- What a member of staff said of it.
    standing    text        NOT NULL DEFAULT 'open',
    judged_by   uuid,
    judged_at   timestamptz,
    is_winner   boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (uid, key, value, source),
    CONSTRAINT tags_source CHECK (source IN ('staff', 'events', 'enquiry')),
    CONSTRAINT tags_confidence CHECK (confidence BETWEEN 0 AND 100),
    CONSTRAINT tags_standing CHECK (standing IN ('open', 'confirmed', 'rejected'))
);
-- Whose tag it is, for segments: those of a value are found without a look at the table.
CREATE INDEX tags_holding ON tags (key, value, uid) WHERE is_winner;
CREATE INDEX tags_expiring ON tags (valid_until) WHERE is_winner;

-- What enquiries say of people, until it is taken into `tags` a moment later: the intake only adds a row, without an index
-- but the key, and waits for nobody.
CREATE TABLE tags_said (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid      uuid        NOT NULL,
    lead_id  uuid        NOT NULL,
    -- Key, value and confidence of each.
    tags     jsonb       NOT NULL,
    said_at  timestamptz NOT NULL,
    attempts integer     NOT NULL DEFAULT 0,
    retry_at timestamptz
);
