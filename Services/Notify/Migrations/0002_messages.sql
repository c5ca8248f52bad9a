-- One row is one intended effect: this text, to this person, by this channel, because of this event.
CREATE TABLE messages (
    id             uuid        PRIMARY KEY,
    cause_id       text        NOT NULL,
    cause_name     text        NOT NULL,
    correlation_id text        NOT NULL,
    traceparent    text,
    template       text        NOT NULL,
    channel        text        NOT NULL,
    purpose        text        NOT NULL,
    -- Exactly one of both.
    uid            uuid,
    staff_id       uuid,
    language       text        NOT NULL,
    -- As it was rendered when the cause was heard; it does not change on later attempts.
    subject        text        NOT NULL,
    body           text        NOT NULL,
    -- The path in the console that it is about.
    link           text,
    state          text        NOT NULL,
    -- Why it is in this state: a stable slug, and words for people without addresses.
    reason         text,
    detail         text,
    -- Which rule wanted it, with its version and inputs.
    why            jsonb       NOT NULL,
    -- Attempts begun.
    attempt        integer     NOT NULL DEFAULT 0,
    -- By the service's clock; set forward with it on development systems.
    next_at        timestamptz NOT NULL,
    -- By the server's own clock: a call that is still under way then has lost its process.
    lease_until    timestamptz,
    -- Where it went, or was to go, at the last attempt.
    address        text,
    created_at     timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    -- In-app only.
    read_at        timestamptz,
    CONSTRAINT messages_channel CHECK (channel IN ('sms', 'email', 'in-app')),
    CONSTRAINT messages_purpose CHECK (purpose IN ('courtesy', 'service', 'work')),
    CONSTRAINT messages_recipient CHECK ((uid IS NULL) <> (staff_id IS NULL)),
    CONSTRAINT messages_state CHECK (
        state IN ('queued', 'sending', 'accepted', 'delivered', 'failed', 'suppressed', 'unknown')
    ),
    CONSTRAINT messages_lease CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT messages_reason CHECK (state NOT IN ('failed', 'suppressed', 'unknown') OR reason IS NOT NULL)
);
-- The same cause never writes twice to the same person by the same channel.
CREATE UNIQUE INDEX messages_once ON messages (cause_id, template, channel, coalesce(uid, staff_id));
CREATE INDEX messages_due ON messages (channel, next_at) WHERE state = 'queued';
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_by_time ON messages (created_at DESC, id DESC);
CREATE INDEX messages_by_uid ON messages (uid, created_at DESC) WHERE uid IS NOT NULL;
CREATE INDEX messages_inbox ON messages (staff_id, created_at DESC) WHERE channel = 'in-app';
CREATE INDEX messages_unread ON messages (staff_id) WHERE channel = 'in-app' AND read_at IS NULL;

-- Every call that was made, and every receipt that came for it: append-only, except that a call gets its ending.
-- Partitioned by month like the journal.
CREATE TABLE attempts (
    message_id uuid        NOT NULL,
    attempt    integer     NOT NULL,
    -- `call`, `receipt`, `hand`, `crash`: what this line tells of.
    kind       text        NOT NULL,
    at         timestamptz NOT NULL,
    -- `accepted`, `refused-for-good`, `refused-for-now`, `unknown`, `not-sent`, `delivered`, `failed`, `requeued`.
    outcome    text        NOT NULL,
    -- The other side's code and words, addresses blanked.
    code       integer,
    detail     text,
    CONSTRAINT attempts_kind CHECK (kind IN ('call', 'receipt', 'hand', 'crash'))
) PARTITION BY RANGE (at);
CREATE INDEX attempts_by_message ON attempts (message_id, at);
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;
