-- How many people have tags that hold, as they were counted last: with millions of tags nobody waits for a count of all of them.
CREATE TABLE tag_coverage (
    -- The kind of tag; empty for a tag of any kind.
    key        text        PRIMARY KEY,
    -- How many have one.
    people     bigint      NOT NULL,
    -- Of how many.
    of_people  bigint      NOT NULL,
    counted_at timestamptz NOT NULL
);
