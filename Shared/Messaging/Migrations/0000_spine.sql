-- The spine: what every service keeps so that nothing is lost and nothing happens twice.

-- What happened, append-only. It is the audit trail, the source of replays, and what the relay publishes from.
-- Partitioned by month so that what is old can be archived or dropped at no cost.
CREATE TABLE journal (
    position       bigint GENERATED ALWAYS AS IDENTITY,
    -- The server's own time, which only chooses the partition; when it happened is occurred_at.
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    id             uuid        NOT NULL,
    name           text        NOT NULL,
    subject        text        NOT NULL,
    sequence       bigint      NOT NULL,
    uid            uuid,
    actor          text        NOT NULL,
    correlation_id text        NOT NULL,
    causation_id   text,
    traceparent    text,
    occurred_at    timestamptz NOT NULL,
    data           jsonb       NOT NULL,
    PRIMARY KEY (position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX journal_by_subject ON journal (subject, sequence);
CREATE INDEX journal_by_uid ON journal (uid, position) WHERE uid IS NOT NULL;
CREATE INDEX journal_by_id ON journal (id);
CREATE INDEX journal_by_correlation ON journal (correlation_id);
-- Catches what no month has a partition for, so that a forgotten partition never stops the business.
CREATE TABLE journal_default PARTITION OF journal DEFAULT;

-- The version of every aggregate. Its row is locked while events about it are journalled, so that per subject the order
-- of the journal is the order of the commits.
CREATE TABLE streams (
    subject text   PRIMARY KEY,
    version bigint NOT NULL
);

-- The positions that the broker has not confirmed yet. A row is deleted when it has.
CREATE TABLE outbox (
    position     bigint      PRIMARY KEY,
    recorded_at  timestamptz NOT NULL,
    subject      text        NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT '-infinity',
    -- Returned as unroutable: kept and shown, and tried again when somebody asks or after a long while.
    is_unroutable boolean    NOT NULL DEFAULT false,
    last_error   text
) WITH (autovacuum_vacuum_scale_factor = 0.01);
-- A subject whose head has failed holds back its followers: this finds such heads.
CREATE INDEX outbox_held ON outbox (subject, position) WHERE attempts > 0;

-- The messages that were handled; a second delivery finds its row and is dropped. Aged out after 30 days.
CREATE TABLE inbox (
    inlet       text        NOT NULL,
    source      text        NOT NULL,
    message_id  text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (inlet, source, message_id)
);
CREATE INDEX inbox_by_age ON inbox (received_at);

-- Messages that failed and will be tried again, and those of the same subject that wait behind them.
CREATE TABLE retries (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inlet       text        NOT NULL,
    source      text        NOT NULL,
    message_id  text        NOT NULL,
    name        text,
    -- Messages that share a key keep their order.
    order_keys  text[]      NOT NULL,
    exchange    text        NOT NULL,
    routing_key text        NOT NULL,
    properties  jsonb       NOT NULL,
    body        bytea       NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    error       text,
    first_at    timestamptz NOT NULL DEFAULT now(),
    last_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (inlet, source, message_id)
);
CREATE INDEX retries_due ON retries (next_at);
CREATE INDEX retries_by_key ON retries USING gin (order_keys);

-- Messages that nobody could handle, with their bytes, headers and reason. People decide what becomes of them.
CREATE TABLE dead_letters (
    id          uuid        PRIMARY KEY,
    inlet       text        NOT NULL,
    source      text        NOT NULL,
    message_id  text        NOT NULL,
    name        text,
    order_keys  text[]      NOT NULL DEFAULT '{}',
    exchange    text        NOT NULL,
    routing_key text        NOT NULL,
    properties  jsonb       NOT NULL,
    body        bytea       NOT NULL,
    -- A stable slug, and what it means here.
    reason      text        NOT NULL,
    detail      text        NOT NULL,
    field       text,
    attempts    integer     NOT NULL,
    first_at    timestamptz NOT NULL,
    died_at     timestamptz NOT NULL DEFAULT now(),
    status      text        NOT NULL DEFAULT 'waiting',
    settled_at  timestamptz,
    settled_by  text,
    note        text,
    CONSTRAINT dead_letters_status CHECK (status IN ('waiting', 'replayed', 'discarded'))
);
-- One waiting letter per message: a redelivery after it was filed changes nothing.
CREATE UNIQUE INDEX dead_letters_waiting ON dead_letters (inlet, source, message_id) WHERE status = 'waiting';
CREATE INDEX dead_letters_by_age ON dead_letters (died_at DESC);

-- Messages that were delivered again and again: counted before they are touched, since one of them may kill the process.
CREATE TABLE crash_suspects (
    inlet      text    NOT NULL,
    message_id text    NOT NULL,
    starts     integer NOT NULL,
    PRIMARY KEY (inlet, message_id)
);

-- Promises: what is to happen when, whether or not a process was restarted in between.
CREATE TABLE timers (
    kind           text        NOT NULL,
    key            text        NOT NULL,
    due_at         timestamptz NOT NULL,
    payload        jsonb       NOT NULL,
    correlation_id text        NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    -- Set while a failed timer waits to be tried again.
    retry_at       timestamptz,
    last_error     text,
    PRIMARY KEY (kind, key)
);
CREATE INDEX timers_due ON timers ((coalesce(retry_at, due_at)));

-- How far the clock of a development system was set forward.
CREATE TABLE clock_offset (
    is_only boolean          PRIMARY KEY DEFAULT true CHECK (is_only),
    seconds double precision NOT NULL CHECK (seconds >= 0)
);

-- Answers already given to requests that carried an Idempotency-Key.
CREATE TABLE idempotency (
    scope      text        NOT NULL,
    key        text        NOT NULL,
    digest     text        NOT NULL,
    status     integer     NOT NULL,
    response   bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);
