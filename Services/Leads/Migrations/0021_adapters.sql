-- How what a platform posts is turned into submissions: configuration, one row per channel that has a hook.
CREATE TABLE channel_adapters (
    channel       text        PRIMARY KEY REFERENCES channels (name),
    settings      jsonb       NOT NULL,
    -- What the platform signs with. It has to be known as it is; it is never shown, and stands in no journal.
    secret        text,
    -- SHA-256, in hexadecimal, of what the platform must say when it asks whether the address is ours.
    verify_digest text,
    version       bigint      NOT NULL DEFAULT 1,
    changed_at    timestamptz NOT NULL
);
