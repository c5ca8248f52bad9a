-- Platforms that tell of a lead by its id alone (Meta's lead ads): the lead itself is fetched from them.

-- What such a post names is kept before the platform is answered, and is the work itself: the row goes when the ledger has
-- the lead, and stays as given up where it could not be had. It holds ids and times, nothing of a person.
CREATE TABLE platform_fetches (
    -- The id that its ledger row will have: the receipt.
    id          uuid        PRIMARY KEY,
    channel     text        NOT NULL REFERENCES channels (name),
    -- The platform's id of the lead.
    external_id text        NOT NULL,
    posted      jsonb       NOT NULL,
    traceparent text,
    state       text        NOT NULL DEFAULT 'waiting',
    attempts    bigint      NOT NULL DEFAULT 0,
    -- Nobody takes it up before: the pause after an attempt, which also covers the attempt itself.
    next_at     timestamptz NOT NULL,
    -- Why the last attempt came to nothing: a slug and a sentence.
    fault       text,
    detail      text,
    -- Since when it waits; anew when somebody wants it tried again.
    since       timestamptz NOT NULL,
    tried_at    timestamptz,
    CONSTRAINT platform_fetches_once UNIQUE (channel, external_id),
    CONSTRAINT platform_fetches_state CHECK (state IN ('waiting', 'given-up'))
);
CREATE INDEX platform_fetches_due ON platform_fetches (next_at) WHERE state = 'waiting';
CREATE INDEX platform_fetches_given_up ON platform_fetches (since) WHERE state = 'given-up';

-- What the platform gives a lead out for. Like `secret` it has to be known as it is; it is never shown, and stands in no
-- journal and no log. Where the settings name a file, the file's goes before it.
ALTER TABLE channel_adapters ADD COLUMN access_token text;
