-- What the other services say that they received of our events: each tally is the whole of its minute so far.
CREATE TABLE receipts (
    service  text   NOT NULL,
    -- Minutes since 1970, by the time in the events' ids.
    minute   bigint NOT NULL,
    name     text   NOT NULL,
    events   bigint NOT NULL,
    digest   text   NOT NULL,
    -- The tally's place among those of its service: an older one never takes the place of a newer one.
    sequence bigint NOT NULL,
    PRIMARY KEY (service, minute, name)
);

-- The services that have told anything, and what they said of the whole.
CREATE TABLE receivers (
    service  text        PRIMARY KEY,
    newest   timestamptz,
    waiting  bigint      NOT NULL,
    dead     bigint      NOT NULL,
    told_at  timestamptz NOT NULL,
    sequence bigint      NOT NULL
);

-- Which of our events a service listens to, and since when.
CREATE TABLE receivers_hear (
    service text        NOT NULL REFERENCES receivers (service),
    name    text        NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (service, name)
);
