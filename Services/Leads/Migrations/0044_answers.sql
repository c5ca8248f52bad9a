-- What people write back, and whose numbers do not work.

-- Each answer once for each person who is taken to have written it.
CREATE TABLE answers (
    id          uuid        NOT NULL,
    -- Who they were told of as, which is theirs again after a merge is taken back.
    origin      uuid        NOT NULL,
    -- The lead that was told of it; none where it was about a case.
    lead_id     uuid,
    channel     text        NOT NULL,
    -- Empty once the person is forgotten.
    words       text        NOT NULL,
    why         jsonb       NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (id, origin)
);
CREATE INDEX answers_by_person ON answers (origin, answered_at DESC);

-- When the person has last answered about it. Nobody has followed the lead up by that; but they are not quiet.
ALTER TABLE leads ADD COLUMN answered_at timestamptz;
DROP INDEX leads_by_activity;
CREATE INDEX leads_by_activity ON leads (greatest(last_touch_at, contacted_at, followed_up_at, answered_at));

-- Whose number or address does not work, as Notify tells.
CREATE TABLE unreachable (
    origin  uuid        NOT NULL,
    channel text        NOT NULL,
    since   timestamptz NOT NULL,
    why     jsonb       NOT NULL,
    PRIMARY KEY (origin, channel)
);
