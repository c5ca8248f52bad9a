-- Channels are made and kept in the console: their keys, their cost, and what the broker is to know of them.

ALTER TABLE channels
    -- What people call it; the name where it is null.
    ADD COLUMN title            text,
    -- The campaign of what it sends without naming one.
    ADD COLUMN default_campaign text,
    -- file: the broker's definitions have its user; none: it has none; wanted: to be made, or to get another password; made;
    -- unwanted: to be taken away; removed.
    ADD COLUMN broker_state     text        NOT NULL DEFAULT 'file',
    -- RabbitMQ's salted digest of the password: with it the step can be repeated, and nobody can sign in.
    ADD COLUMN broker_hash      text,
    -- Counts up with every wish, so that whoever was slow in carrying out an older one is found out.
    ADD COLUMN broker_wish      bigint      NOT NULL DEFAULT 0,
    -- Why the last attempt failed; null after one that went well.
    ADD COLUMN broker_fault     text,
    ADD COLUMN broker_tried_at  timestamptz,
    ADD CONSTRAINT channels_broker_state CHECK (broker_state IN ('file', 'none', 'wanted', 'made', 'unwanted', 'removed'));

-- Several keys of a channel are valid at a time, so that one can be changed for another without a gap.
CREATE TABLE channel_keys (
    id         uuid        PRIMARY KEY,
    channel    text        NOT NULL REFERENCES channels (name),
    -- SHA-256, in hexadecimal: keys are long and random, so that a plain digest suffices.
    digest     text        NOT NULL,
    -- Its last four characters, so that people can tell keys apart.
    hint       text        NOT NULL,
    -- Whether LINTEL_CHANNELS_FILE brought it.
    from_file  boolean     NOT NULL DEFAULT false,
    made_by    text        NOT NULL,
    made_at    timestamptz NOT NULL,
    revoked_by text,
    revoked_at timestamptz,
    CONSTRAINT channel_keys_once UNIQUE (channel, digest),
    CONSTRAINT channel_keys_is_sha256 CHECK (digest ~ '^[0-9a-f]{64}$')
);
INSERT INTO channel_keys (id, channel, digest, hint, from_file, made_by, made_at)
SELECT gen_random_uuid(), name, key_hash, '', true, 'system', now() FROM channels WHERE key_hash IS NOT NULL;

-- What a channel costs, from a day on; the newest of the days past is in force.
CREATE TABLE channel_costs (
    channel  text   NOT NULL REFERENCES channels (name),
    since    date   NOT NULL,
    -- lead: for every lead; month: for every month, by the day.
    basis    text   NOT NULL,
    minor    bigint NOT NULL,
    currency text   NOT NULL,
    PRIMARY KEY (channel, since),
    CONSTRAINT channel_costs_basis CHECK (basis IN ('lead', 'month')),
    CONSTRAINT channel_costs_not_negative CHECK (minor >= 0)
);

-- Who changed what of a channel, and when. Holds no secret.
CREATE TABLE channel_changes (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text        NOT NULL REFERENCES channels (name),
    what    text        NOT NULL,
    detail  jsonb       NOT NULL,
    actor   text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX channel_changes_by_channel ON channel_changes (channel, id DESC);

-- Where members of staff enter leads by hand.
INSERT INTO channels (name, kind, broker_user, broker_state) VALUES ('manual', 'field', 'channel-manual', 'none')
ON CONFLICT DO NOTHING;
